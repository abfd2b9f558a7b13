import TestSupport
import Testing
import Torch

@testable import LanguageModels

@Suite struct PagedCacheTests {
    @Test("forks share full pages, copy the rest, and release all of them")
    func forksShareFullPages() throws {
        let cache = PagedCache(TinyModel.configuration, pagesPerSlab: 2)
        var prompt = CachedSequence()
        try cache.grow(&prompt, by: KeyValuePages.tokensPerPage + 3)
        #expect(cache.pageCount == 2)
        var first = try cache.fork(prompt)
        let second = try cache.fork(prompt)
        #expect(cache.pageCount == 4)
        #expect(first.pages[0] == prompt.pages[0] && first.pages[1] != prompt.pages[1])
        try cache.grow(&first, by: KeyValuePages.tokensPerPage)
        #expect(cache.pageCount == 5)
        for sequence in [prompt, first] { cache.release(sequence) }
        #expect(cache.pageCount == 2)
        cache.release(second)
        #expect(cache.pageCount == 0)
        var next = CachedSequence()
        try cache.grow(&next, by: 1)
        #expect(next.pages[0] < 5, "a page is used again")
    }
}
