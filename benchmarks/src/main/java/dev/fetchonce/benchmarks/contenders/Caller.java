package dev.fetchonce.benchmarks.contenders;

/** Who is told how a call ended, once, by whatever thread. */
public interface Caller {
    /** It has this document. */
    void answered(Object document);

    /** It has none. */
    void failed(Throwable why);
}
