"""The training loop: groups in, weights out. Resumable, seeded, shows its progress."""

import hashlib
import json
import logging
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch
from peft import (
    LoraConfig,
    get_peft_model_state_dict,
    inject_adapter_in_model,
    set_peft_model_state_dict,
)
from safetensors.torch import save_file
from torch import Tensor
from tqdm import tqdm

from index.encoder import native_bfloat16
from qa.evidence_model.network import APART, ENCODER, EvidenceNetwork, apply_weights, is_trained
from qa.evidence_model.pairs import PairTokenizer
from qa.evidence_model.reading import PairReader
from qa.evidence_model.scorer import CONFIG_FILE, WEIGHTS_FILE
from qa.evidence_training.checkpoints import Checkpoint
from qa.evidence_training.sampling import Group, Sampler

logger = logging.getLogger(__name__)

Tune = Literal["lora", "full"]
LORA_MODULES = ["query", "key", "value", "dense"]
LORA_SCALE = 2.0
"""Factor of the low-rank product, alpha / rank."""
KEPT_TOKENS = 2_500_000
"""The lower half of every candidate is kept between the rounds: 3.8 GB in float32."""
POOL = 16
"""So many batches are drawn at once and sorted by length, so that little is padding."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What decides a run.

    Attributes:
        tune: "lora" trains a low-rank adapter of the upper layers, "full" all their weights; both
            the head and what tells the parts apart.
        steps: number of updates.
        groups: questions a batch.
        learning_rate: the highest; it rises over the first 6% of the steps, then falls to 0.
        head_rate: the same for the head, which starts at random.
        rank: of the adapter, whose scale is `LORA_SCALE`.
        list_weight: weight of the loss over the whole group beside that of each pair.
        weight_decay: of AdamW.
        seed: of everything random.
        save_every: steps between two checkpoints.
        threads: of torch.
        start: sha256 of trained weights that the run goes on from; "" for the bundled model.
    """

    tune: Tune = "lora"
    steps: int = 2400
    groups: int = 8
    learning_rate: float = 6e-4
    head_rate: float = 6e-4
    rank: int = 32
    list_weight: float = 0.5
    weight_decay: float = 0.01
    seed: int = 7
    save_every: int = 200
    threads: int = 2
    start: str = ""


def train(
    network: EvidenceNetwork,
    tokenizer: PairTokenizer,
    sampler: Sampler,
    settings: TrainingSettings,
    folder: Path,
    start: Mapping[str, Tensor] | None = None,
) -> dict[str, Tensor]:
    """Train a network, going on from the checkpoint in ``folder`` if one fits the settings.

    Args:
        network: from `base_network`; changed.
        tokenizer: of the same model.
        sampler: the data.
        settings: of the run.
        folder: for checkpoints.
        start: shipped tensors of an earlier run to begin with; of the same kind (and rank) as this.

    Returns:
        The tensors to be shipped, as `network.apply_weights` takes them.

    Raises:
        ValueError: ``start`` is of another kind or rank, or there is nothing to train on.
    """
    torch.manual_seed(settings.seed)
    prepare(network, settings.tune, settings.rank)
    if start is not None:
        _begin_with(network, start, settings)
    reader = PairReader(network, tokenizer, kept_tokens=KEPT_TOKENS)
    optimizer = _optimizer(network, settings)
    checkpoint = Checkpoint(folder, asdict(settings))
    done = checkpoint.restore(network, optimizer)
    network.train()
    bar = tqdm(total=settings.steps, initial=done, desc=f"train ({settings.tune})", unit="step")
    average = math.nan
    for step, batch in enumerate(_batches(sampler, settings)):
        if step >= settings.steps:
            break
        if step < done:
            continue
        torch.set_num_threads(settings.threads)  # the sampler's encoder sets its own
        factor = rate(step, settings.steps)
        for part in optimizer.param_groups:
            part["lr"] = part["peak"] * factor
        loss = _loss(reader, batch, settings)
        loss.backward()  # type: ignore[no-untyped-call]  # not typed there
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        value = float(loss.detach())
        average = value if math.isnan(average) else 0.98 * average + 0.02 * value
        bar.update()
        bar.set_postfix(loss=f"{average:.3f}", refresh=False)
        if (step + 1) % settings.save_every == 0:
            logger.info("step %d, loss %.4f", step + 1, average)
            checkpoint.save(network, optimizer, step + 1)
    bar.close()
    network.eval()
    return shipped(network, settings.tune)


def prepare(network: EvidenceNetwork, tune: Tune, rank: int) -> None:
    """Let what is to be trained require a gradient, and nothing else; put an adapter in."""
    for name, parameter in network.named_parameters():
        parameter.requires_grad = is_trained(name)
    if tune == "lora":
        config = LoraConfig(
            r=rank,
            lora_alpha=int(LORA_SCALE * rank),
            target_modules=LORA_MODULES,
            layers_to_transform=list(range(APART, network.encoder.config.num_hidden_layers)),
        )
        inject_adapter_in_model(config, network.encoder)


def _begin_with(
    network: EvidenceNetwork, tensors: Mapping[str, Tensor], settings: TrainingSettings
) -> None:
    """Put shipped tensors into a network that is ready for training."""
    needed = shipped(network, settings.tune)
    if {name: t.shape for name, t in tensors.items()} != {n: t.shape for n, t in needed.items()}:
        raise ValueError(
            f"the weights to start from are not of kind {settings.tune!r}, rank {settings.rank}; "
            "start from weights of the same --tune and --rank"
        )
    if settings.tune == "full":
        apply_weights(network, tensors, LORA_SCALE)
        return
    own = {name: tensor for name, tensor in tensors.items() if not name.startswith(ENCODER)}
    network.load_state_dict(own, strict=False)
    adapter = {n.removeprefix(ENCODER): t for n, t in tensors.items() if n not in own}
    set_peft_model_state_dict(network.encoder, adapter)


def _optimizer(network: EvidenceNetwork, settings: TrainingSettings) -> torch.optim.AdamW:
    head = [*network.head.parameters(), *network.part.parameters()]
    body = [p for p in network.encoder.parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": body, "peak": settings.learning_rate},
            {"params": head, "peak": settings.head_rate},
        ],
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )


def rate(step: int, steps: int) -> float:
    """Return the factor of the learning rates: up over the first 6% of the steps, then down."""
    warm = max(1, round(0.06 * steps))
    if step < warm:
        return (step + 1) / warm
    return max(0.0, (steps - step) / max(1, steps - warm))


def _batches(sampler: Sampler, settings: TrainingSettings) -> Iterator[list[Group]]:
    """Yield batches without end, those of one pool sorted by length before they are cut."""
    rng = random.Random(settings.seed)
    pool: list[Group] = []
    while True:
        drawn = 0
        for group in sampler.groups(rng):
            drawn += 1
            pool.append(group)
            if len(pool) == POOL * settings.groups:
                yield from _cut(pool, settings.groups, rng)
                pool = []
        if not drawn:
            raise ValueError("there is nothing to train on")


def _cut(pool: list[Group], size: int, rng: random.Random) -> list[list[Group]]:
    pool.sort(key=lambda group: max(len(c.sentence) + len(c.before) for c in group.candidates))
    batches = [pool[n : n + size] for n in range(0, len(pool), size)]
    rng.shuffle(batches)
    return batches


def _loss(
    reader: PairReader,
    batch: Sequence[Group],
    settings: TrainingSettings,
) -> Tensor:
    """Return the mean of two losses.

    Of each pair: binary cross-entropy, so that a logit means a probability. Of each group: the
    likelihood of its right candidates in a softmax with "none of them" at logit 0 (as in SQuAD 2.0
    readers, Devlin et al. 2019), so that candidates are compared.
    """
    pairs = [(group.question, candidate) for group in batch for candidate in group.candidates]
    with torch.autocast("cpu", torch.bfloat16, enabled=native_bfloat16()):
        logits = reader.logits(pairs)
    labels = torch.tensor([label for group in batch for label in group.labels], dtype=torch.float)
    single = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
    listed = logits.new_zeros(())
    start = 0
    for group in batch:
        part = logits[start : start + len(group.labels)]
        right = labels[start : start + len(group.labels)] == 1
        start += len(group.labels)
        all_of_them = torch.logsumexp(torch.cat([part, part.new_zeros(1)]), 0)
        chosen = torch.logsumexp(part[right], 0) if right.any() else part.new_zeros(())
        listed = listed + all_of_them - chosen
    return single + settings.list_weight * listed / len(batch)


def shipped(network: EvidenceNetwork, tune: Tune) -> dict[str, Tensor]:
    """Return the tensors that `network.apply_weights` takes, in float16."""
    state = network.state_dict()
    new = {name: tensor for name, tensor in state.items() if not name.startswith(ENCODER)}
    if tune == "full":
        encoder = {name: tensor for name, tensor in state.items() if name not in new}
        new |= {name: tensor for name, tensor in encoder.items() if is_trained(name)}
    else:
        new |= {
            f"{ENCODER}{name}": tensor
            for name, tensor in get_peft_model_state_dict(network.encoder).items()
        }
    return {name: t.detach().cpu().to(torch.float16).contiguous() for name, t in new.items()}


def write_weights(folder: Path, tensors: dict[str, Tensor], settings: Mapping[str, object]) -> None:
    """Write trained tensors into a folder as `scorer.read_weights` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / WEIGHTS_FILE)
    digest = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    config = {"sha256": digest, "scale": LORA_SCALE, "settings": settings}
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    logger.info("wrote %s", folder / WEIGHTS_FILE)
