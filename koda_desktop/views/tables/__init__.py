"""Tables: windowed item models, their delegates and views."""
