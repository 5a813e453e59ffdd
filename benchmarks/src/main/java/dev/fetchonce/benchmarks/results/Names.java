package dev.fetchonce.benchmarks.results;

import static dev.fetchonce.benchmarks.results.Metric.Better.HIGHER;
import static dev.fetchonce.benchmarks.results.Metric.Better.LOWER;

import java.util.List;
import java.util.Locale;

/** The names of scenarios, contenders, loads and metrics, for the measurements and for the pages. */
public final class Names {
    /** Fetchonce, asked for documents bound to a record. */
    public static final String FETCHONCE = "Fetchonce";

    /** Fetchonce, asked for frozen trees. */
    public static final String FETCHONCE_TREE = "Fetchonce, tree";

    /** Fetchonce as a client that obeys HTTP. */
    public static final String FETCHONCE_CLIENT = "Fetchonce, HttpClient";

    /** The cache of Fetchonce with a {@code CompletableFuture} a URL on {@code sendAsync}. */
    public static final String ASYNC = "async variant";

    /** The JDK's client with its defaults. */
    public static final String HTTP_CLIENT = "HttpClient";

    /** The JDK's client with an executor of virtual threads and 64 permits. */
    public static final String HTTP_CLIENT_TUNED = "HttpClient, tuned";

    /** A look-up in a cache that expires, without HTTP. It takes part only in fresh hits. */
    public static final String CAFFEINE_GET = "Caffeine, getIfPresent";

    /** Caffeine's loading cache around the JDK's client. */
    public static final String CAFFEINE = "Caffeine loading";

    /** Caffeine's async loading cache around the JDK's client. */
    public static final String CAFFEINE_ASYNC = "Caffeine async loading";

    /** Methanol's cache around the JDK's client. */
    public static final String METHANOL = "Methanol";

    /** Apache HttpClient 5 with its cache. */
    public static final String APACHE = "Apache HttpClient";

    /** OkHttp with its cache. */
    public static final String OKHTTP = "OkHttp";

    /** A map of tasks, each run by its leader. */
    public static final String FUTURE_TASK = "FutureTask memoizer";

    /** The contenders that keep responses by the rules of HTTP. */
    static final List<String> HTTP_CACHES = List.of(METHANOL, APACHE, OKHTTP);

    /** The contenders that have a part of Fetchonce's features. */
    static final List<String> PEERS = List.of(METHANOL, APACHE, OKHTTP, CAFFEINE, CAFFEINE_ASYNC, FUTURE_TASK);

    /** Hits for a fresh document of 1 KB, by one key; loads are {@link #threads}. */
    public static final String HIT = "fresh hit, one key";

    /** Hits for fresh documents of 1 KB, by 10,000 keys from a Zipf distribution; loads are {@link #threads}. */
    public static final String HIT_ZIPF = "fresh hit, Zipf over 10,000 keys";

    /** Each caller has a URL of its own; loads are {@link #callers}. */
    public static final String MISSES = "distinct misses";

    /** All callers ask for one URL that is not stored; loads are {@link #callers}. */
    public static final String COLD = "one cold URL";

    /** The patience of all callers of one URL ends before an answer comes; loads are {@link #callers}. */
    public static final String PATIENCE = "patience storm";

    /**
     * The origin answers with errors or not at all, and nothing is stored; loads are {@link #UNAVAILABLE} and
     * {@link #HANGS}.
     */
    public static final String FAILING = "failing origin";

    /**
     * The origin answers with errors or not at all, and stale responses are stored; loads are {@link #UNAVAILABLE} and
     * {@link #HANGS}.
     */
    public static final String OUTAGE = "outage";

    /** One URL takes long, many others do not; loads are {@link #callers}. */
    public static final String SLOW = "slow URL beside fast ones";

    /** The stored responses are stale and have not changed; loads are {@link #callers}. */
    public static final String REVALIDATION = "revalidation";

    /** A miss, decoded, by the length of its body; loads are {@link #kilobytes}. */
    public static final String DOCUMENTS = "documents by length";

    /** The heap of a stored document; loads are {@link #kilobytes}. */
    public static final String FOOTPRINT = "stored documents";

    /** Stored responses are dropped during fetches; loads are {@link #flights}. */
    public static final String INVALIDATION = "invalidation";

    /** Requests for documents by a Zipf distribution; loads are {@link #ofWorkingSet}. */
    public static final String ZIPF_TRACE = "Zipf trace";

    /**
     * Requests for documents by a Zipf distribution, with long scans of documents that come once; loads are
     * {@link #ofWorkingSet}.
     */
    public static final String SCAN_TRACE = "scan-heavy trace";

    /** A JVM that starts and gets one document; its load is {@link #ONE_PROCESS}. */
    public static final String FIRST_GET = "first get";

    /** The load of {@link #FIRST_GET}. */
    public static final String ONE_PROCESS = "new process";

    /** The origin answers 503. */
    public static final String UNAVAILABLE = "503";

    /** The origin takes requests and does not answer. */
    public static final String HANGS = "hangs";

    /** The time of a call. */
    public static final Metric TIME = Metric.of("time a call", "ns", LOWER);

    /** The bytes that a call allocates. Less than a tenth of a byte comes from the instrument. */
    public static final Metric ALLOCATED = new Metric("allocated a call", "B/op", LOWER, 0.1);

    /** The calls that ended well in a second. */
    public static final Metric THROUGHPUT = Metric.of("requests a second", "1/s", HIGHER);

    /** The processor time of the client's process for a request. */
    public static final Metric CLIENT_CPU = Metric.of("client CPU a request", "µs", LOWER);

    /** The requests that the origin counted. */
    public static final Metric REQUESTS = Metric.of("requests at the origin", "", LOWER);

    /** The time from the release at the origin until the last caller had the answer. */
    public static final Metric LAST_CALLER = Metric.of("from the origin's answer to the last caller", "ms", LOWER);

    /** The heap of a waiting caller, its thread included. */
    public static final Metric WAITER_BYTES = Metric.of("heap a waiting caller", "B", LOWER);

    /** The time from the end of the callers' patience until the last caller had returned. */
    public static final Metric LAST_LEAVER = Metric.of("from the end of patience to the last caller", "s", LOWER);

    /** The processor time of the client's process from shortly before the end of patience. */
    public static final Metric STORM_CPU = Metric.of("CPU of all who leave", "s", LOWER);

    /** The part of the calls that got a document. */
    public static final Metric SERVED = Metric.of("callers served", "%", HIGHER);

    /** The time within which 99 of 100 calls for fast URLs ended. */
    public static final Metric FAST_CALL = Metric.of("a fast call, 99th percentile", "ms", LOWER);

    /** The bytes that the origin wrote, heads included. */
    public static final Metric WIRE_BYTES = Metric.of("read from the origin a call", "B", LOWER);

    /** The heap of a document with all that belongs to it, before it is decoded. */
    public static final Metric HEAP = Metric.of("heap a stored document, not decoded", "B", LOWER);

    /** The heap of a document with all that belongs to it and the decoded value. */
    public static final Metric HEAP_DECODED = Metric.of("heap a stored document, decoded", "B", LOWER);

    /** The bytes of a document's body, header fields and key: no cache can do without them. */
    public static final Metric CONTENT = Metric.of("body, header and key", "B", LOWER);

    /** The time of a POST to a stored URL, until it is answered. */
    public static final Metric POST = Metric.of("a POST", "µs", LOWER);

    /** The time in which a test drops every other URL. */
    public static final Metric DROP_SOME = Metric.of("invalidateIf, of half of what is stored", "ms", LOWER);

    /** The time in which all the other URLs are dropped. */
    public static final Metric DROP_ALL = Metric.of("invalidateAll, of the other half", "ms", LOWER);

    /** The part of the trace that was served from memory. */
    public static final Metric HIT_RATIO = Metric.of("hit ratio", "%", HIGHER);

    /** The time from the start of the process until it has its document. */
    public static final Metric FROM_START = Metric.of("from process start to the first document", "ms", LOWER);

    private Names() {}

    /** Returns the load of so many callers at once: {@code 1,000 callers}. */
    public static String callers(int count) {
        return String.format(Locale.ROOT, count == 1 ? "%,d caller" : "%,d callers", count);
    }

    /** Returns the load of so many fetches under way: {@code 10,000 flights up}. */
    public static String flights(int count) {
        return String.format(Locale.ROOT, count == 1 ? "%,d flight up" : "%,d flights up", count);
    }

    /** Returns the load of so many threads in a loop: {@code 8 threads}. */
    public static String threads(int count) {
        return String.format(Locale.ROOT, count == 1 ? "%,d thread" : "%,d threads", count);
    }

    /** Returns the load of a body so long: {@code 10 KB}. */
    public static String kilobytes(int count) {
        return String.format(Locale.ROOT, "%,d KB", count);
    }

    /** Returns the load of room for this part of the documents of the trace: {@code 5 %}. */
    public static String ofWorkingSet(int percent) {
        return percent + " %";
    }

    /** Reports whether the contender is Fetchonce, by any of its APIs. */
    static boolean ours(String contender) {
        return contender.startsWith(FETCHONCE);
    }
}
