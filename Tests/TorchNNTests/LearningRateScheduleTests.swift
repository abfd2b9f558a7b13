import TestSupport
import Testing
import TorchNN

@Suite struct LearningRateScheduleTests {
    @Test(
        "the rate rises to the peak and falls to its final share",
        arguments: [LearningRateSchedule.Decay.linear, .cosine])
    func rateRisesAndFalls(decay: LearningRateSchedule.Decay) {
        let schedule = LearningRateSchedule(peak: 2, warmUpShare: 0.2, decay: decay, finalShare: 0.25)
        let rates = (0..<20).map { schedule.rate(step: $0, of: 20) }
        #expect(difference(Array(rates[..<4]), [0.5, 1, 1.5, 2]) < 1e-12)
        #expect(difference(rates[4], 2) < 1e-12)
        #expect(difference(rates[19], 0.5) < 1e-12)
        #expect(zip(rates[4...], rates[5...]).allSatisfy { $0 > $1 })
    }

    @Test("half-way down, linear and cosine decay have lost half")
    func decayIsHalfDoneHalfWay() {
        for decay in [LearningRateSchedule.Decay.linear, .cosine] {
            let schedule = LearningRateSchedule(peak: 1, warmUpShare: 0, decay: decay, finalShare: 0)
            #expect(difference(schedule.rate(step: 5, of: 11), 0.5) < 1e-12)
        }
        let cosine = LearningRateSchedule(peak: 1, warmUpShare: 0, decay: .cosine, finalShare: 0)
        #expect(difference(cosine.rate(step: 1, of: 4), 0.75) < 1e-12)
    }

    @Test("a constant rate stays at the peak") func constantRateStays() {
        let schedule = LearningRateSchedule(peak: 3, warmUpShare: 0, decay: .constant, finalShare: 0)
        #expect((0..<7).allSatisfy { schedule.rate(step: $0, of: 7) == 3 })
    }

    @Test("every rate is positive and at most the peak, however few the steps")
    func ratesArePositiveUpToThePeak() {
        for decay in [LearningRateSchedule.Decay.constant, .linear, .cosine] {
            for count in 1...12 {
                for share in [0, 0.1, 0.5, 1] {
                    let schedule = LearningRateSchedule(peak: 1, warmUpShare: share, decay: decay)
                    for step in 0..<count {
                        let rate = schedule.rate(step: step, of: count)
                        #expect(
                            rate > 0 && rate <= 1, "\(decay) \(share): step \(step) of \(count) has \(rate)")
                    }
                }
            }
        }
    }
}
