package dev.fetchonce.benchmarks.contenders;

/** The receiver of the outcome of a call. One method is called once, by any thread. */
public interface Caller {
    /** Takes the document. */
    void answered(Object document);

    /** Takes the failure. */
    void failed(Throwable why);
}
