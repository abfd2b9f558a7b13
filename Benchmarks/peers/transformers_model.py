"""SmolLM2-135M in transformers: float32, scaled dot-product attention."""
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
import transformers  # noqa: E402
from transformers import AutoModelForCausalLM  # noqa: E402

from peer import PEERS  # noqa: E402

PEER = f"transformers {transformers.__version__}, torch {torch.__version__}"


def load(options):
    """The model in evaluation mode, with the asked number of threads."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(
        PEERS / "smollm2-f32", dtype=torch.float32, attn_implementation="sdpa")
    return model.eval()


def random_ids(options, rows, columns, model):
    """Token ids, `[rows, columns]`."""
    return torch.randint(model.config.vocab_size, (rows, columns))
