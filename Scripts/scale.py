"""What a population takes, computed from measured figures: machines, memory, network and cost a day.

Usage: python3 Scripts/scale.py [--users 400e6] [--KEY VALUE ...]     prints a Markdown table; --help lists the figures

Figures are those of Docs/Results.md, on two cores of an AMD EPYC with AVX-512; prices are assumptions of the caller.
"""
import argparse

FIGURES = {
    "users": (400e6, "users that are active in a day"),
    "reasonings": (1.0, "reasonings per active user and day, after coalescing"),
    "events": (30.0, "events per active user and day"),
    "requests": (20.0, "rankings per active user and day"),
    "peak": (2.5, "peak over mean load"),
    "reasoned": (1.6, "users reasoned about per second on two cores, SmolLM2-135M"),
    "ranked": (1000.0, "rankings of 200 candidates per second on two cores"),
    "kept": (8600.0, "durable events per second of one store"),
    "feature-bytes": (3360.0, "bytes of a user's features in Redis, embedding included"),
    "event-bytes": (270.0, "bytes of an event in a user's history"),
    "history": (100.0, "events kept per user"),
    "index-bytes": (384.0, "bytes of an embedding in the index of similar users"),
    "request-bytes": (20_000.0, "bytes of a ranking's request and answer, 200 candidates"),
    "core-hour": (0.04, "price of a core for an hour"),
    "gib-month": (3.0, "price of a GiB of memory for a month"),
}


def table(f):
    day = 86_400
    reasoning = 2 * f["users"] * f["reasonings"] / day / f["reasoned"]
    ranking = 2 * f["users"] * f["requests"] * f["peak"] / day / f["ranked"]
    stores = f["users"] * f["events"] * f["peak"] / day / f["kept"]
    features = f["users"] * (f["feature-bytes"] + f["history"] * f["event-bytes"]) / 2**40
    index = f["users"] * f["index-bytes"] / 2**30
    network = f["users"] * f["requests"] * f["request-bytes"] * f["peak"] / day * 8 / 1e9
    cost = (reasoning + ranking) * 24 * f["core-hour"] + (features * 1024 + index) * f["gib-month"] / 30
    rows = [
        ("reasoning, mean load", f"{f['users'] * f['reasonings'] / day:,.0f} users/s", f"{reasoning:,.0f} cores"),
        ("ranking, peak load", f"{f['users'] * f['requests'] * f['peak'] / day:,.0f} rankings/s", f"{ranking:,.0f} cores"),
        ("events, peak load", f"{f['users'] * f['events'] * f['peak'] / day:,.0f} events/s", f"{max(1, stores):,.0f} stores"),
        ("features and histories", f"{f['users']:,.0f} users", f"{features:,.1f} TiB of memory"),
        ("similar users", f"{f['users']:,.0f} embeddings", f"{index:,.0f} GiB of memory"),
        ("network of the rankers, peak load", "", f"{network:,.1f} Gbit/s"),
        ("cost", "", f"{cost:,.0f} a day"),
    ]
    lines = ["| part | load | takes |", "|---|---|---|"]
    return "\n".join(lines + [f"| {part} | {load} | {takes} |" for part, load, takes in rows])


def main():
    parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    for name, (value, meaning) in FIGURES.items():
        parser.add_argument(f"--{name}", type=float, default=value, help=meaning)
    asked = vars(parser.parse_args())
    print(table({name.replace("_", "-"): value for name, value in asked.items()}))


if __name__ == "__main__":
    main()
