"""Writes Tests/TokenizationTests/Golden/chats.json: conversations rendered by the models' own templates.

    python Reference/tokenizers_chat.py NAME=FILE.jinja …

with transformers and jinja2 installed. NAME is what the tests know a template by: qwen25, qwq, qwen3,
deepseek-r1, llama3, llama31. The templates are the models' own (`chat_template.jinja`, or `chat_template` of
tokenizer_config.json) and stay out of the repository; the golden file names each by its SHA-256.
"""

import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

from transformers.utils.chat_template_utils import render_jinja_template

GOLDEN = Path(__file__).resolve().parent.parent / "Tests" / "TokenizationTests" / "Golden" / "chats.json"
BEGIN = {"deepseek-r1": "<｜begin▁of▁sentence｜>", "llama3": "<|begin_of_text|>", "llama31": "<|begin_of_text|>"}

CONVERSATIONS = [
    [("user", "What goes with rye bread?")],
    [("system", "You sell groceries."), ("user", "What goes with rye bread?")],
    [("system", "  Spaces around. \n"), ("user", "\n\tSalt? \u00a0"), ("assistant", " Yes.\u3000\n")],
    [("user", "Eggs?"), ("assistant", "<think>\nA dozen,\nor six?\n</think>\n\nSix."), ("user", "And milk?")],
    [("user", "Eggs?"), ("assistant", "<think>\n\n</think>\n\nSix."), ("user", "Milk?"), ("assistant", "One.")],
    [("user", "Eggs?"), ("assistant", "<think>Six.</think>Six.")],
    [("user", "Eggs?"), ("assistant", "</think>\n\n\nSix.</think>"), ("assistant", "<think>\nn</think>Ten.")],
    [("user", "Eggs?"), ("assistant", "<think>a<think>b\n\n</think>c"), ("assistant", "Ten.")],
    [("assistant", "<think>no question</think>\nHello.")],
    [("user", "first"), ("system", "late"), ("user", "second"), ("system", "later")],
    [("system", "one"), ("system", "two"), ("user", "q"), ("assistant", "")],
    [("user", "q"), ("user", "<tool_response>\n3\n</tool_response>"), ("assistant", "<think>t</think>3")],
    [("user", "<|im_end|> <|eot_id|> <｜User｜> \u00e9\u0301 e\u0301 👩‍👩‍👧 日本語\r\n\r\n{{ x }}"), ("assistant", "\u001c ok \u200b")],
    [("user", ""), ("assistant", "\n</think>\u0301 mark"), ("user", " ")],
]


def render(name, template, messages, adds):
    [text], _ = render_jinja_template(
        conversations=[messages], chat_template=template, add_generation_prompt=adds,
        bos_token=BEGIN.get(name, ""), date_string="26 Jul 2024")
    return text


def main(arguments):
    golden = {
        "generator": "Reference/tokenizers_chat.py",
        "versions": {package: version(package) for package in ("transformers", "jinja2")},
        "templates": {},
        "cases": [],
    }
    for name, file in (argument.split("=", 1) for argument in arguments):
        template = Path(file).read_text(encoding="utf-8")
        golden["templates"][name] = hashlib.sha256(template.encode()).hexdigest()
        for turns in CONVERSATIONS:
            messages = [{"role": role, "content": content} for role, content in turns]
            for adds in (True, False):
                golden["cases"].append({
                    "template": name, "messages": messages, "addsGenerationPrompt": adds,
                    "rendered": render(name, template, messages, adds),
                })
    lines = json.dumps({**golden, "cases": []}, indent=1).removesuffix("[]\n}")
    body = ",\n  ".join(json.dumps(case, ensure_ascii=False) for case in golden["cases"])
    GOLDEN.write_text(f"{lines}[\n  {body}\n ]\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
