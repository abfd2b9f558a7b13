import Pipeline
import Testing

@testable import DataConstruction

@Suite struct ProfileTextTests {
    @Test("known attributes read as one line") func knownAttributesReadAsOneLine() {
        let attributes = [
            "age": "35-44", "marital": "Married", "household": "2 Adults Kids", "household_size": "4",
            "kids": "2",
            "spending": "above average", "visits": "weekly", "days": "mostly weekends", "baskets": "large",
            "coupons": "none", "store": "367", "campaigns": "few",
        ]
        #expect(
            ProfileText.render(attributes, favorites: ["cheese", "soft drinks"])
                == "age 35-44, married, 2 adults kids, above average spending, shops weekly, mostly "
                + "weekends, "
                + "large baskets, no coupons; buys most: cheese, soft drinks")
    }

    @Test("unknown attributes are left out") func unknownAttributesAreLeftOut() {
        #expect(ProfileText.render(["visits": "weekly"], favorites: []) == "shops weekly")
    }

    @Test("other attributes keep their name, in a fixed order") func otherAttributesKeepTheirName() {
        let text = ProfileText.render(["zone": "North", "age": "65+", "device": "Phone"], favorites: [])
        #expect(text == "age 65+, device phone, zone north")
    }
}
