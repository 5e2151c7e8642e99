"""Keys of model providers, vector stores and scrapers, known by their prefix."""

from __future__ import annotations

from koda_desktop.workflows.secrets.literals import is_random_token
from koda_desktop.workflows.secrets.shapes import Shape, token

AI_SHAPES: tuple[Shape, ...] = (
    token(
        "Anthropic API key",
        "sk-ant-",
        r"[A-Za-z0-9_-]{20,200}+",
        "https://docs.anthropic.com/en/api/overview",
    ),
    token(
        "OpenRouter API key",
        "sk-or-",
        r"(?:v1-)?[A-Za-z0-9]{32,100}+",
        "https://openrouter.ai/docs/api-reference/authentication",
    ),
    token(
        "OpenAI API key",
        "sk-proj- sk-svcacct- sk-admin- sk-None- sk-service-",
        r"[A-Za-z0-9_-]{20,250}+",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    token(
        "Langfuse secret key",
        "sk-lf-",
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "https://langfuse.com/docs/api-and-data-platform/features/public-api",
    ),
    # DeepSeek, Moonshot, Stability, LiteLLM and others write their keys as OpenAI first did.
    token(
        "OpenAI-style API key",
        "sk-",
        r"[A-Za-z0-9]{30,120}+",
        "https://api-docs.deepseek.com/",
    ),
    token("Groq API key", "gsk_", r"[A-Za-z0-9]{40,80}+", "https://console.groq.com/docs"),
    token(
        "Hugging Face token",
        "hf_ api_org_",
        r"[A-Za-z0-9]{30,60}+",
        "https://huggingface.co/docs/hub/security-tokens",
    ),
    token(
        "Replicate API token",
        "r8_",
        r"[A-Za-z0-9]{30,60}+",
        "https://replicate.com/docs/topics/security/api-tokens",
    ),
    token(
        "Pinecone API key",
        "pcsk_",
        r"[A-Za-z0-9_]{40,120}+",
        "https://docs.pinecone.io/guides/projects/manage-api-keys",
    ),
    token(
        "Perplexity API key",
        "pplx-",
        r"[A-Za-z0-9]{32,80}+",
        "https://docs.perplexity.ai/guides/api-key-management",
    ),
    token("xAI API key", "xai-", r"[A-Za-z0-9]{40,120}+", "https://docs.x.ai/docs/overview"),
    token(
        "ElevenLabs API key",
        "sk_",
        r"[0-9a-f]{48}",
        "https://elevenlabs.io/docs/api-reference/authentication",
    ),
    token(
        "NVIDIA API key",
        "nvapi-",
        r"[A-Za-z0-9_-]{40,120}+",
        "https://docs.api.nvidia.com/",
    ),
    token(
        "Cerebras API key",
        "csk-",
        r"[a-z0-9]{32,80}+",
        "https://inference-docs.cerebras.ai/",
    ),
    token(
        "Together API key",
        "tgp_v1_",
        r"[A-Za-z0-9_-]{30,80}+",
        "https://docs.together.ai/docs/quickstart",
    ),
    token("Fireworks API key", "fw_", r"[A-Za-z0-9]{22,40}+", "https://docs.fireworks.ai/"),
    token(
        "LangSmith API key",
        "lsv2_pt_ lsv2_sk_",
        r"[0-9a-f]{32}_[0-9a-f]{10}",
        "https://docs.smith.langchain.com/",
    ),
    token(
        "Tavily API key",
        "tvly-",
        r"(?:dev-|prod-)?[A-Za-z0-9-]{20,80}+",
        "https://docs.tavily.com/documentation/api-reference/introduction",
    ),
    token("Firecrawl API key", "fc-", r"[0-9a-f]{32}", "https://docs.firecrawl.dev/"),
    token("Jina API key", "jina_", r"[A-Za-z0-9_-]{40,90}+", "https://jina.ai/api-dashboard/"),
    token(
        "Voyage API key",
        "pa-",
        r"[A-Za-z0-9_-]{43}",
        "https://docs.voyageai.com/docs/api-key-and-installation",
    ),
    token("E2B API key", "e2b_", r"[0-9a-f]{40}", "https://e2b.dev/docs/api-key"),
    token(
        "Apify API token",
        "apify_api_",
        r"[A-Za-z0-9]{30,60}+",
        "https://docs.apify.com/platform/integrations/api",
    ),
    token(
        "Helicone API key",
        "sk-helicone-",
        r"[a-z0-9-]{20,60}+",
        "https://docs.helicone.ai/",
    ),
    token(
        "LlamaCloud API key",
        "llx-",
        r"[A-Za-z0-9]{40,60}+",
        "https://docs.cloud.llamaindex.ai/",
    ),
    token(
        "Mem0 API key",
        "m0-",
        r"[A-Za-z0-9]{36,50}+",
        "https://docs.mem0.ai/api-reference",
    ),
    token(
        "Dify API key",
        "app- dataset-",
        r"[A-Za-z0-9]{24}",
        "https://docs.dify.ai/en/guides/application-publishing/developing-with-apis",
        check=is_random_token,
    ),
    token(
        "Vercel token",
        "vck_ vcp_ vca_ vci_ vcr_",
        r"[A-Za-z0-9]{24,80}+",
        "https://vercel.com/docs/ai-gateway/authentication",
        check=is_random_token,
    ),
    token(
        "Retell or Runway API key",
        "key_",
        r"(?:[0-9a-f]{128}|[0-9a-f]{28})",
        "https://docs.dev.runwayml.com/",
    ),
    token(
        "Context7 API key",
        "ctx7sk-",
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "https://context7.com/docs",
    ),
    # LiteLLM, Langflow and Novita sign theirs with dashes in them; words joined by dashes are none.
    token(
        "API key",
        "sk- sk_",
        r"[A-Za-z0-9_-]{20,120}+",
        "https://docs.litellm.ai/docs/proxy/virtual_keys",
        check=is_random_token,
    ),
)
