import Pipeline
import Testing

@testable import DataConstruction

@Suite struct ProfileTextTests {
    private let profile: ProfileText

    init() throws { profile = try ProfileText(try Journey.source.prompt) }

    @Test("known attributes read as one line") func knownAttributesReadAsOneLine() {
        let attributes = [
            "age": "35-44", "marital": "Married", "household": "2 Adults Kids", "household_size": "4",
            "kids": "2",
            "spending": "above average", "visits": "weekly", "days": "mostly weekends", "baskets": "large",
            "coupons": "none", "store": "367", "campaigns": "few",
        ]
        #expect(
            profile.render(attributes, favorites: ["cheese", "soft drinks"])
                == "age 35-44, married, 2 adults kids, above average spending, shops weekly, mostly "
                + "weekends, "
                + "large baskets, no coupons; buys most: cheese, soft drinks")
    }

    @Test("unknown attributes are left out") func unknownAttributesAreLeftOut() {
        #expect(profile.render(["visits": "weekly"], favorites: []) == "shops weekly")
    }

    @Test("other attributes keep their name, in a fixed order") func otherAttributesKeepTheirName() {
        let text = profile.render(["zone": "North", "age": "65+", "device": "Phone"], favorites: [])
        #expect(text == "age 65+, device phone, zone north")
    }

    @Test("neutral texts keep values as they are, and need neither attributes nor categories")
    func neutralTexts() throws {
        let neutral = try ProfileText(PromptConfiguration())
        #expect(neutral.render(["city": "Oslo", "age": "25"], favorites: []) == "age 25, city Oslo")
        #expect(neutral.render([:], favorites: ["audio", "phones"]) == "mostly audio, phones")
        #expect(neutral.render([:], favorites: []).isEmpty)
    }
}
