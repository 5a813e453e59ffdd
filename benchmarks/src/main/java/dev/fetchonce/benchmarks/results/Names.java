package dev.fetchonce.benchmarks.results;

import static dev.fetchonce.benchmarks.results.Metric.Better.HIGHER;
import static dev.fetchonce.benchmarks.results.Metric.Better.LOWER;

import java.util.List;
import java.util.Locale;

/** What scenarios, contenders, loads and metrics are called, where they are measured and where they are shown. */
public final class Names {
    /** Documents bound to a record. */
    public static final String FETCHONCE = "Fetchonce";

    /** Frozen trees. */
    public static final String FETCHONCE_TREE = "Fetchonce, tree";

    /** The client that obeys HTTP. */
    public static final String FETCHONCE_CLIENT = "Fetchonce, HttpClient";

    /** The same cache with a {@code CompletableFuture} a URL on {@code sendAsync}. */
    public static final String ASYNC = "async variant";

    /** The JDK's client as it comes. */
    public static final String HTTP_CLIENT = "HttpClient";

    /** The JDK's client with an executor of virtual threads and 64 permits. */
    public static final String HTTP_CLIENT_TUNED = "HttpClient, tuned";

    /** Only in fresh hits: a look-up in a cache that expires, and nothing else. */
    public static final String CAFFEINE_GET = "Caffeine, getIfPresent";

    /** A loading cache around the JDK's client. */
    public static final String CAFFEINE = "Caffeine loading";

    /** An async loading cache around the JDK's client. */
    public static final String CAFFEINE_ASYNC = "Caffeine async loading";

    /** Its cache around the JDK's client. */
    public static final String METHANOL = "Methanol";

    /** Apache HttpClient 5 with its cache. */
    public static final String APACHE = "Apache HttpClient";

    /** OkHttp with its cache. */
    public static final String OKHTTP = "OkHttp";

    /** A map of tasks, each run by the caller who put it there. */
    public static final String FUTURE_TASK = "FutureTask memoizer";

    /** Those that keep responses as HTTP has it. */
    static final List<String> HTTP_CACHES = List.of(METHANOL, APACHE, OKHTTP);

    /** Those that do as Fetchonce does, in part. */
    static final List<String> PEERS = List.of(METHANOL, APACHE, OKHTTP, CAFFEINE, CAFFEINE_ASYNC, FUTURE_TASK);

    /** A document of 1 KB that is there and fresh, by one key; loads are {@link #threads}. */
    public static final String HIT = "fresh hit, one key";

    /** The same by 10,000 keys, drawn by a Zipf distribution; loads are {@link #threads}. */
    public static final String HIT_ZIPF = "fresh hit, Zipf over 10,000 keys";

    /** Each caller has a URL of its own; loads are {@link #callers}. */
    public static final String MISSES = "distinct misses";

    /** All callers ask for one URL that is not there; loads are {@link #callers}. */
    public static final String COLD = "one cold URL";

    /** All callers of one URL whose answer does not come give up at once; loads are {@link #callers}. */
    public static final String PATIENCE = "patience storm";

    /** The origin answers with errors or not at all, and nothing is stored; loads are {@link #UNAVAILABLE} and {@link #HANGS}. */
    public static final String FAILING = "failing origin";

    /** The same once what is stored is stale; loads are {@link #UNAVAILABLE} and {@link #HANGS}. */
    public static final String OUTAGE = "outage";

    /** One URL takes long, many others do not; loads are {@link #callers}. */
    public static final String SLOW = "slow URL beside fast ones";

    /** What is stored is stale and has not changed; loads are {@link #callers}. */
    public static final String REVALIDATION = "revalidation";

    /** A miss, decoded, by the length of its body; loads are {@link #kilobytes}. */
    public static final String DOCUMENTS = "documents by length";

    /** What a stored document takes; loads are {@link #kilobytes}. */
    public static final String FOOTPRINT = "stored documents";

    /** What is stored is dropped while fetches are up; loads are {@link #flights}. */
    public static final String INVALIDATION = "invalidation";

    /** Requests for documents by a Zipf distribution; loads are {@link #ofWorkingSet}. */
    public static final String ZIPF_TRACE = "Zipf trace";

    /** The same, with long scans of what is asked for once; loads are {@link #ofWorkingSet}. */
    public static final String SCAN_TRACE = "scan-heavy trace";

    /** A JVM of its own that gets one document; its load is {@link #ONE_PROCESS}. */
    public static final String FIRST_GET = "first get";

    /** The load of {@link #FIRST_GET}. */
    public static final String ONE_PROCESS = "new process";

    /** The origin answers 503. */
    public static final String UNAVAILABLE = "503";

    /** The origin takes requests and does not answer. */
    public static final String HANGS = "hangs";

    /** How long a call takes. */
    public static final Metric TIME = Metric.of("time a call", "ns", LOWER);

    /** What a call allocates; less than a tenth of a byte is the instrument's own. */
    public static final Metric ALLOCATED = new Metric("allocated a call", "B/op", LOWER, 0.1);

    /** Calls that ended well. */
    public static final Metric THROUGHPUT = Metric.of("requests a second", "1/s", HIGHER);

    /** Processor time of the client's process. */
    public static final Metric CLIENT_CPU = Metric.of("client CPU a request", "µs", LOWER);

    /** What the origin counted. */
    public static final Metric REQUESTS = Metric.of("requests at the origin", "", LOWER);

    /** From the moment when the origin was told to answer until the last caller had it. */
    public static final Metric LAST_CALLER = Metric.of("from the origin's answer to the last caller", "ms", LOWER);

    /** Heap that waits with a caller, its thread included. */
    public static final Metric WAITER_BYTES = Metric.of("heap a waiting caller", "B", LOWER);

    /** From the end of the callers' patience until the last of them was back. */
    public static final Metric LAST_LEAVER = Metric.of("from the end of patience to the last caller", "s", LOWER);

    /** Processor time of the client's process from shortly before the end of patience. */
    public static final Metric STORM_CPU = Metric.of("CPU of all who leave", "s", LOWER);

    /** Which part of the callers got a document. */
    public static final Metric SERVED = Metric.of("callers served", "%", HIGHER);

    /** The time within which 99 of 100 calls for fast URLs ended. */
    public static final Metric FAST_CALL = Metric.of("a fast call, 99th percentile", "ms", LOWER);

    /** What the origin wrote, heads included. */
    public static final Metric WIRE_BYTES = Metric.of("read from the origin a call", "B", LOWER);

    /** Heap a document, all that belongs to it included, before anybody decodes it. */
    public static final Metric HEAP = Metric.of("heap a stored document, not decoded", "B", LOWER);

    /** The same, with what it was decoded to. */
    public static final Metric HEAP_DECODED = Metric.of("heap a stored document, decoded", "B", LOWER);

    /** The bytes of its body, its header fields and its key: what cannot be left out. */
    public static final Metric CONTENT = Metric.of("body, header and key", "B", LOWER);

    /** A POST to a URL that is stored, sent and answered. */
    public static final Metric POST = Metric.of("a POST", "µs", LOWER);

    /** Every other URL is dropped by a test. */
    public static final Metric DROP_SOME = Metric.of("invalidateIf, of half of what is stored", "ms", LOWER);

    /** What is left then is dropped. */
    public static final Metric DROP_ALL = Metric.of("invalidateAll, of the other half", "ms", LOWER);

    /** Which part of the trace was served from memory. */
    public static final Metric HIT_RATIO = Metric.of("hit ratio", "%", HIGHER);

    /** From the start of the process until it has its document. */
    public static final Metric FROM_START = Metric.of("from process start to the first document", "ms", LOWER);

    private Names() {}

    /** So many callers at once: {@code 1,000 callers}. */
    public static String callers(int count) {
        return String.format(Locale.ROOT, count == 1 ? "%,d caller" : "%,d callers", count);
    }

    /** So many fetches up: {@code 10,000 flights up}. */
    public static String flights(int count) {
        return String.format(Locale.ROOT, count == 1 ? "%,d flight up" : "%,d flights up", count);
    }

    /** So many threads in a loop: {@code 8 threads}. */
    public static String threads(int count) {
        return String.format(Locale.ROOT, count == 1 ? "%,d thread" : "%,d threads", count);
    }

    /** A body so long: {@code 10 KB}. */
    public static String kilobytes(int count) {
        return String.format(Locale.ROOT, "%,d KB", count);
    }

    /** Room for this part of what the trace asks for: {@code 5 %}. */
    public static String ofWorkingSet(int percent) {
        return percent + " %";
    }

    /** Whether it is Fetchonce, by whatever of its faces. */
    static boolean ours(String contender) {
        return contender.startsWith(FETCHONCE);
    }
}
