"""SmolLM2-135M, or another folder of .peers/, in transformers: scaled dot-product attention, float32 on the processor."""
import ctypes
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
import transformers  # noqa: E402
from transformers import AutoModelForCausalLM  # noqa: E402

from peer import PEERS  # noqa: E402

PEER = f"transformers {transformers.__version__}, torch {torch.__version__}"


def keep_freed_memory():
    """Tells the C library to keep freed memory, as Taiji does, instead of asking for zeroed pages in each step."""
    trim, top_pad, mmap = -1, -2, -3  # M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD of <malloc.h>
    libc = ctypes.CDLL(None)
    for parameter, value in ((mmap, 2**31 - 1), (trim, 2**31 - 1), (top_pad, 2**26)):
        libc.mallopt(parameter, value)


def load(options):
    """The model in evaluation mode, with the asked number of threads."""
    if getattr(options, "allocator", "system") == "keep":
        keep_freed_memory()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(
        PEERS / getattr(options, "model", "smollm2-f32"), dtype=getattr(torch, options.dtype), attn_implementation="sdpa")
    return model.to(options.device).eval()


def random_ids(options, rows, columns, model):
    """Token ids, `[rows, columns]`."""
    return torch.randint(model.config.vocab_size, (rows, columns)).to(model.device)
