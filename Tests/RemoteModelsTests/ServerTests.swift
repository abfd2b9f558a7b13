import Testing

/// Tests that wait for a server on the thread they run on. One at a time: there are as many of these threads
/// as processors, and what is waited for needs one.
@Suite("Models on servers", .serialized) enum ServerTests {}
