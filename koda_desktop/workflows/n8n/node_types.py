"""What n8n's node types are: service or core step, trigger or not, and their names for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from koda_desktop.workflows.service_names import humanised, service_name

LANGCHAIN = "@n8n/n8n-nodes-langchain"
_OWN_PACKAGES = {"n8n-nodes-base", LANGCHAIN}

_CORE = {
    "set": "Edit Fields", "if": "If", "merge": "Merge", "code": "Code", "function": "Function",
    "functionItem": "Function Item", "noOp": "No Operation", "splitInBatches": "Loop Over Items",
    "splitOut": "Split Out", "aggregate": "Aggregate", "filter": "Filter", "limit": "Limit",
    "removeDuplicates": "Remove Duplicates", "sort": "Sort", "summarize": "Summarize",
    "switch": "Switch", "wait": "Wait", "itemLists": "Item Lists", "dateTime": "Date & Time",
    "markdown": "Markdown", "html": "HTML", "htmlExtract": "HTML Extract", "xml": "XML",
    "crypto": "Crypto", "compression": "Compression", "editImage": "Edit Image",
    "extractFromFile": "Extract from File", "convertToFile": "Convert to File",
    "moveBinaryData": "Convert to/from binary", "readBinaryFile": "Read Binary File",
    "readBinaryFiles": "Read Binary Files", "readWriteFile": "Read/Write Files",
    "writeBinaryFile": "Write Binary File", "readPDF": "Read PDF",
    "spreadsheetFile": "Spreadsheet File", "executeWorkflow": "Execute Workflow",
    "executeCommand": "Execute Command", "executionData": "Execution Data",
    "respondToWebhook": "Respond to Webhook", "stickyNote": "Sticky Note",
    "stopAndError": "Stop and Error", "renameKeys": "Rename Keys",
    "compareDatasets": "Compare Datasets", "form": "Form", "debugHelper": "Debug Helper",
    "start": "Start", "aiTransform": "AI Transform", "simulate": "Simulate", "totp": "TOTP",
    "jwt": "JWT", "iCal": "iCalendar", "evaluation": "Evaluation", "dataTable": "Data Table",
    "n8nTrainingCustomerDatastore": "Customer Datastore (training)",
    "n8nTrainingCustomerMessenger": "Customer Messenger (training)",
}  # fmt: skip
_LOGIC = {"if", "switch", "merge", "filter", "splitInBatches", "splitOut", "wait", "noOp", "limit",
          "aggregate", "stopAndError", "compareDatasets", "removeDuplicates", "sort"}  # fmt: skip
_CODE = {"code", "function", "functionItem", "executeCommand", "aiTransform", "toolCode"}

_TRIGGERS = {
    "webhook": "Webhook", "scheduleTrigger": "Schedule", "cron": "Schedule",
    "interval": "Schedule", "manualTrigger": "Manual", "start": "Manual",
    "formTrigger": "Form", "chatTrigger": "Chat", "manualChatTrigger": "Chat",
    "errorTrigger": "Error", "executeWorkflowTrigger": "Called by another workflow",
    "workflowTrigger": "Workflow event", "n8nTrigger": "n8n event",
    "localFileTrigger": "File change", "emailReadImap": "Incoming email",
    "sseTrigger": "Server-sent event", "rssFeedReadTrigger": "RSS feed",
    "mcpTrigger": "MCP client", "evaluationTrigger": "Evaluation",
}  # fmt: skip
_UNSERVICED = {*_CORE, *_TRIGGERS} - {"emailReadImap", "rssFeedReadTrigger"}

_AI_PARTS = re.compile(
    r"(lmChat|lm|embeddings|vectorStore|memory|tool|retriever|reranker|outputParser|textSplitter"
    r"|document|model)(?=[A-Z0-9])"
)
_AI_GENERIC = {
    "agent", "agentTool", "chainLlm", "chainRetrievalQa", "chainSummarization", "code",
    "informationExtractor", "sentimentAnalysis", "textClassifier", "chat", "guardrails",
    "modelSelector", "toolExecutor",
}  # fmt: skip
_AI_LOCAL = {
    "BufferWindow", "Manager", "InMemory", "InMemoryInsert", "InMemoryLoad", "Calculator", "Code",
    "Workflow", "VectorStore", "Think", "ContextualCompression", "MultiQuery", "Structured",
    "Autofixing", "ItemList", "RecursiveCharacterTextSplitter", "CharacterTextSplitter",
    "TokenSplitter", "DefaultDataLoader", "BinaryInputLoader", "JsonInputLoader", "ChatRetriever",
    "Selector",
}  # fmt: skip
_AI_NAMES = {
    "agent": "AI Agent", "chainLlm": "LLM Chain", "chainRetrievalQa": "Question Answering Chain",
    "chainSummarization": "Summarization Chain", "informationExtractor": "Information Extractor",
    "sentimentAnalysis": "Sentiment Analysis", "textClassifier": "Text Classifier",
    "memoryBufferWindow": "Simple Memory", "memoryManager": "Chat Memory Manager",
    "outputParserStructured": "Structured Output Parser", "toolWorkflow": "Workflow Tool",
    "outputParserAutofixing": "Auto-fixing Output Parser", "toolCode": "Code Tool",
    "outputParserItemList": "Item List Output Parser", "toolVectorStore": "Vector Store Tool",
    "documentDefaultDataLoader": "Data Loader", "retrieverVectorStore": "Vector Store Retriever",
    "vectorStoreInMemory": "In-Memory Vector Store", "toolCalculator": "Calculator",
    "textSplitterRecursiveCharacterTextSplitter": "Recursive Text Splitter",
    "textSplitterTokenSplitter": "Token Splitter", "chat": "Chat", "toolThink": "Think",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NodeType:
    """``service`` is the key of the service it talks to, empty for a core step. ``package`` is
    the npm package, empty for n8n's own."""

    label: str
    kind: str
    service: str
    service_name: str
    trigger: str
    package: str


@lru_cache(maxsize=4096)
def node_type(kind: str) -> NodeType:
    """All that is known of a type such as ``n8n-nodes-base.googleSheetsTrigger``."""
    package, _, short = kind.rpartition(".")
    short = short[:100]
    if package == LANGCHAIN:
        return _langchain(short)
    base = _service_of(short)
    core = short in _UNSERVICED or base in _CORE
    service = "" if core else base
    name = "" if core else service_name(base)
    trigger = _trigger(short, name or humanised(base))
    foreign = "" if package in _OWN_PACKAGES else package
    label = trigger if short in _TRIGGERS else _CORE.get(base) or name
    return NodeType(
        label or humanised(short), _kind(short, trigger), service, name, trigger, foreign
    )


def _service_of(short: str) -> str:
    """``gmailTool`` and ``gmailTrigger`` are both gmail."""
    for ending in ("Trigger", "Tool"):
        if short.endswith(ending) and len(short) > len(ending) and short != "n8nTool":
            return short.removesuffix(ending)
    return short


def _trigger(short: str, name: str) -> str:
    if short in _TRIGGERS:
        return _TRIGGERS[short]
    return name if short.lower().endswith("trigger") else ""


def _kind(short: str, trigger: str) -> str:
    if trigger:
        return "trigger"
    if short in _CODE:
        return "code"
    return "logic" if short in _LOGIC else "action"


def _langchain(short: str) -> NodeType:
    trigger = _trigger(short, humanised(_service_of(short)))
    part = _AI_PARTS.match(short)
    rest = short[part.end() :] if part else short
    local = bool(trigger) or short in _AI_GENERIC or rest in _AI_LOCAL
    service = "" if local else _first_lower(rest.removesuffix("Insert").removesuffix("Load"))
    name = "" if local else service_name(service)
    kind = "trigger" if trigger else "ai-part" if part else "ai"
    label = trigger or _AI_NAMES.get(short) or name or humanised(rest)
    return NodeType(label, kind, service, name, trigger, "")


def _first_lower(word: str) -> str:
    return word[:1].lower() + word[1:]
