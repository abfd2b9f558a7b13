extension ConstructConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ConstructConfiguration>] {
        [
            .section("source", \.source, "Where users, items, events and promotions come from."),
            .count(
                "users", \.users, 2..., unit: "users",
                "Users of the run, drawn by seed among those with enough history and a purchase "
                    + "in every window.",
                raising: "More users narrow every interval; stages 1 and 4 take proportionally longer."),
            .count(
                "minimumPurchases", \.minimumPurchases, 1..., unit: "purchases",
                "Purchases before the language model's window that a user must have.",
                raising: "Fewer users qualify, with longer histories."),
            .count(
                "activateUsers", \.activateUsers, 1..., unit: "users",
                "Users whose next purchase fine-tunes the language model.",
                raising: "More reasoning to fine-tune on; teacher and fine-tuning take proportionally longer."
            ),
            .count(
                "collaborateUsers", \.collaborateUsers, 1..., unit: "users",
                "Users whose next purchase aligns it.",
                raising: "More prompts for policy optimization; the simulation takes proportionally longer."),
            .count(
                "testUsers", \.testUsers, 1..., unit: "users",
                "Users whose next purchase tests it.",
                raising: "Narrower intervals of Tables 1 and 3; answers take proportionally longer."),
            .count(
                "catalogueSize", \.catalogueSize, 1..., unit: "titles",
                "Titles that can be recommended: the promoted titles that were bought most.",
                raising: "Rare titles can be recommended too; hit rates at a fixed K fall, simulation and "
                    + "grounding take longer."),
            .count(
                "historyLength", \.historyLength, 1..., unit: "purchases",
                "Purchases in a prompt, newest first (§2.1.1: 50).",
                raising: "The model knows more of each user; prompts, and so all stages with a language "
                    + "model, get longer."),
            .text(
                "request", \.request,
                "What a prompt asks, after profile and purchases and before the form of the answer.",
                effect: "Another wording can change the form of the answers more than fine-tuning does."),
            .number(
                "impressionRate", \.impressionRate, .above(0, upTo: 1), unit: "share",
                "Share of the promoted products of a visit, other than those bought, that are "
                    + "kept as impressions.",
                raising: "More negatives for the rankers: steadier metrics, proportionally longer training."),
            .count(
                "auctionVisits", \.auctionVisits, 0..., unit: "visits",
                "Visits of the test window whose promoted products are all kept, for the A/B "
                    + "simulation; 0 simulates nothing.",
                raising: "Narrower intervals of the A/B simulation; memory and time grow with the promoted "
                    + "products of every visit."),
            .section("weeks", \.weeks, "The windows."),
            .section("teacher", \.teacher, "The teacher that writes reasoning, §2.1.2."),
        ]
    }
}
