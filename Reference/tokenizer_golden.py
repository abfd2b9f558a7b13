"""Writes the golden cases of Tests/TokenizationTests/Golden with the reference implementations.

    python Reference/tokenizer_golden.py

with tokenizers, gguf and jinja2 installed, after Scripts/bootstrap.sh.

bpe.json        ids of `tokenizers`, built as SmolLM2's own tokenizer.json is from the GGUF file's vocabulary
words.json      words of `tokenizers` for the pre-tokenizers of GPT-2, SmolLM, Llama 3, Qwen2 and DeepSeek-V3
wordpiece.json  ids and decoded text of `tokenizers` with all-MiniLM-L6-v2's tokenizer.json
chatml.json     the GGUF file's own chat template, rendered by jinja2
"""

import json
from importlib.metadata import version
from pathlib import Path

import gguf
import jinja2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / ".deps" / "models"
GOLDEN = ROOT / "Tests" / "TokenizationTests" / "Golden"

TEXTS = [
    "",
    " ",
    "a",
    "Hello, world!",
    "The quick brown fox jumps over the lazy dog.",
    "It's what we'd've said; they'll say I'm wrong, you're right, don't they? 'Tis 'S 'LL",
    "IT'S WHAT WE'D'VE SAID, THEY'LL SAY I'M WRONG 'ſ 'ſt x'ſt x'Sx x'LLx x'lſ",
    "naïve café, Ångström, Å vs Å, cafe\u0301, Zürich, smörgåsbord, ﬁn",
    "İstanbul ILGIN ΟΔΥΣΣΕΥΣ Straße ẞ ǅ ŉ",
    "Привет, как дела? Ёлка и йод.",
    "你好，世界！今天的天气很好。",
    "日本語のテキスト、カタカナとひらがな。が と か\u3099",
    "안녕하세요 세계! 각 각",
    "مرحبا بالعالم، كيف حالك؟ العَرَبِيَّة ١٢٣",
    "नमस्ते दुनिया, आप कैसे हैं? ०१२ क्षत्रिय",
    "สวัสดีชาวโลก ภาษาไทยไม่มีช่องว่าง ๑๒๓",
    "שלום עולם, מה שלומך? שָׁלוֹם",
    "ሰላም ለዓለም። გამარჯობა Բարեւ",
    "வணக்கம் உலகம் বাংলা ភាសាខ្មែរ မြန်မာ",
    "👩‍👩‍👧‍👦 family, 👍🏽 thumbs, 🇩🇪 flag, ❤️ heart, 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "emoji😀between😂words 🤦🏼‍♂️!",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 𐍈 𠀋𪚥 𒀀",
    "1 12 123 1234 12345 3.14159 1,000,000 2024-05-06",
    "abc123def 4 5  6   7 x1y2 v2.0.1-rc3",
    "½ ² Ⅷ ① ٣ ५ ㊿ 〇 ¾cup",
    "a  b   c    d     e",
    "  leading and trailing  ",
    "line one\nline two\n\nline four\n\n\n  indented\n",
    "tab\tseparated\t\tvalues\t \t mixed \t",
    "crlf\r\nlines\r\n\r\nend\r",
    "digits after spaces:   42\n\n  7\t8 \n9",
    "nbsp\u00a0here \u00a0 thin\u2009space ideographic\u3000space line\u2028sep \u1680ogham nel\u0085x",
    "zero\u200bwidth\u200cjoin\u200der\ufeffbom soft\u00adhyphen",
    "def f(x):\n    if x > 0:\n        return x ** 2  # square\n    return -x\n",
    "for (int i = 0; i < n; ++i) {\n\tsum += a[i] * b[i];\n}",
    "func merge<T>(_ a: [T]) -> T? { a.first! }\n\n\n",
    '{"key": [1, 2.5e-3, null], "k2": "v\\n"}',
    "<html><body class='x'>&nbsp;</body></html>",
    "https://example.com/path?q=a%20b&c=d#frag user@example.com",
    "!!! ??? ... --- === *** ~~~ $$$ ###",
    "«quotes» “curly” ‘single’ „low“ – — … • § ¶ † ‡ ™ © ®",
    "$5.99 €10 £3 ¥100 ₹50 ₿1 50% 20°C ±3 ×2 ÷4",
    "a_b __init__ snake_case camelCase PascalCase SCREAMING_CASE kebab-case",
    "<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\n",
    "text<|endoftext|>more <|im_end|> spaced <|im_end|>",
    "<|im_start <|im_end| |> <|unknown|> <|im_start|><|im_start|>",
    "<file_sep>a<filename>b<reponame><repo_name> [CLS] x [SEP] [MASK] [UNK] [PAD]",
    "nul\u0000bell\u0007esc\u001b[0m del\u007f dropped\u0004\u0013here",
    "replacement\ufffdchar private\ue000use unassigned\u0378x noncharacter\uffff",
    "plane 4 \U00040000 plane 15 \U000f0000 plane 16 \U0010ffff",
    "e\u0301\u0302\u0303 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘ \u0301lead",
    "豈 更 U+F900, 勞 and 勞, ㍿ 﨎 \U0002f800 \U0002b8f0x\U0002b930x\U0002b740x",
    "supercalifragilisticexpialidocious antidisestablishmentarianism Donaudampfschifffahrt",
    "a" * 99 + " " + "b" * 100 + " " + "c" * 101 + " " + "é" * 100,
    "x" * 300 + "\n" * 20 + " " * 70 + "-" * 90,
    "aaaaaaaaaaaaaaaaabababababababababaabbaabbaabb the the the thethethe",
    "item title: whole milk 1 gal; category l1: grocery; category l2: fluid milk products",
    "Item title: 12 PK COLA 144 OZ; Category L1: GROCERY; Category L2: SOFT DRINKS; Category L3: SFT DRNK MLT-PK",
    "shredded cheese 8 oz, private label; 2% red. fat; ground beef 80/20 3lb; bananas; eggs lrg a 18ct",
    "<think>The shopper buys yogurt weekly, so…</think>\n<answer>Item title: yogurt 6 oz</answer>",
    "age: 35-44, income: 50-74K, homeowner, 2 adults & 1 kid; visits/week: 1.8; spend: $54.20",
    "Mixed 中文 and English с русским и 日本語123テスト한국어abc",
    " \n \t\r\n  x\u3000\u3000y \n",
    "'s 't 're 've 'm 'll 'd' 'sx ''s s's 1's 's1",
    "ends with space ",
    "ends with newline\n",
    "\n\n\n",
    "The " * 60 + "end of a text longer than the limit of the encoder, " * 20,
]


def bpe(tokens, merges, types):
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocabulary, [tuple(merge.split(" ")) for merge in merges]))
    tokenizer.pre_tokenizer = PATTERNS["smollm"]
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(token, normalized=False) for token, type in zip(tokens, types) if type == 3]
    )
    return tokenizer


def split(*patterns):
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(text), "isolated") for text in patterns] + [byte_level])


LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = [
    r"\p{N}{1,3}",
    "[一-龥\u3040-ゟ゠-ヿ]+",
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
]
PATTERNS = {
    "gpt-2": pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    "smollm": pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ]),
    "llama-bpe": split(LLAMA3),
    "qwen2": split(LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")),
    "deepseek-v3": split(*DEEPSEEK),
    "unsplit": split(),
}


def byte_lengths(pattern, text):
    """The bytes of each word: one byte-level character is one byte."""
    if pattern == "qwen2":
        text = normalizers.NFC().normalize_str(text)
    return [len(word) for word, _ in PATTERNS[pattern].pre_tokenize_str(text)]


def write(name, packages, cases):
    golden = {
        "generator": "Reference/tokenizer_golden.py",
        "versions": {package: version(package) for package in packages},
        "cases": cases,
    }
    GOLDEN.mkdir(parents=True, exist_ok=True)
    lines = json.dumps({**golden, "cases": []}, indent=1).removesuffix("[]\n}")
    body = ",\n  ".join(json.dumps(case) for case in cases)
    (GOLDEN / name).write_text(f"{lines}[\n  {body}\n ]\n}}\n")


def main():
    [file] = (MODELS / "smollm2").glob("*.gguf")
    fields = {key: field.contents() for key, field in gguf.GGUFReader(file).fields.items()}
    tokenizer = bpe(*(fields[f"tokenizer.ggml.{key}"] for key in ("tokens", "merges", "token_type")))
    cases = []
    for text in TEXTS:
        tokenizer.encode_special_tokens = False
        ids = tokenizer.encode(text).ids
        tokenizer.encode_special_tokens = True
        cases.append({
            "text": text,
            "ids": ids,
            "idsWithoutSpecialTokens": tokenizer.encode(text).ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=False),
            "decodedSkipping": tokenizer.decode(ids, skip_special_tokens=True),
        })
    for ids in [[142], [233, 233], [127, 251, 1, 128], list(range(17)), list(range(100, 300))]:
        cases.append({
            "ids": ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=False),
            "decodedSkipping": tokenizer.decode(ids, skip_special_tokens=True),
        })
    write("bpe.json", ["tokenizers", "gguf"], cases)

    write("words.json", ["tokenizers"], [
        {"text": text, "byteLengths": {name: byte_lengths(name, text) for name in PATTERNS}}
        for text in TEXTS if len(text) < 1000
    ])

    wordpiece = Tokenizer.from_file(str(MODELS / "minilm" / "tokenizer.json"))
    wordpiece.no_padding()
    cases = []
    for text in TEXTS:
        ids = wordpiece.encode(text).ids
        case = {
            "text": text,
            "ids": ids,
            "decoded": wordpiece.decode(ids, skip_special_tokens=False),
            "decodedSkipping": wordpiece.decode(ids, skip_special_tokens=True),
        }
        wordpiece.encode_special_tokens = True
        case["idsWithoutSpecialTokens"] = wordpiece.encode(text).ids
        wordpiece.encode_special_tokens = False
        cases.append(case)
    write("wordpiece.json", ["tokenizers"], cases)

    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(fields["tokenizer.chat_template"])
    turns = [
        [],
        [("user", "Hi")],
        [("system", "Be brief."), ("user", "Hi")],
        [("user", "Hi"), ("assistant", " Hello!\n"), ("user", "")],
        [("user", "first"), ("system", "late system"), ("user", "<|im_end|> in text\n\n")],
        [("assistant", "I begin. 你好")],
    ]
    cases = []
    for messages in ([{"role": role, "content": content} for role, content in turn] for turn in turns):
        for adds in (True, False):
            rendered = template.render(messages=messages, add_generation_prompt=adds)
            cases.append({"messages": messages, "addsGenerationPrompt": adds, "rendered": rendered})
    write("chatml.json", ["jinja2", "gguf"], cases)


if __name__ == "__main__":
    main()
