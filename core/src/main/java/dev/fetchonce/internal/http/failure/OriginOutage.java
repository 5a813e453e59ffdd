package dev.fetchonce.internal.http.failure;

import java.util.ArrayList;
import java.util.List;

/**
 * The URLs of an origin that have failed since its last response. They show whether the origin fails and not only
 * single URLs. Immutable.
 *
 * @param urls up to three different URLs, the first that failed
 */
public record OriginOutage(List<String> urls) {
    /** The number of different failed URLs that makes a failure of the origin. */
    static final int WIDE = 3;

    /** The outage of an origin without a failure. */
    public static final OriginOutage NONE = new OriginOutage(List.of());

    /** Copies the URLs. */
    public OriginOutage {
        urls = List.copyOf(urls);
    }

    /** The conclusion from the failure of one URL about its origin. */
    public enum Sign {
        /** The origin is unreachable. */
        UNREACHABLE,

        /** The origin, or that URL, has a fault. */
        FAULT,

        /** The origin responds; that URL may have a fault. */
        ANSWERS,

        /** No conclusion: the cache did not ask the origin, or code on this side failed. */
        NOTHING
    }

    /** Returns the conclusion from this failure of one URL about its origin. */
    public static Sign sign(Failure failure) {
        return switch (failure.reason()) {
            case CONNECT -> Sign.UNREACHABLE;
            case TIMEOUT, BROKEN, PROTOCOL -> Sign.FAULT;
            case STATUS -> FailureRule.covers(failure) ? Sign.FAULT : Sign.ANSWERS;
            case TOO_LARGE, REDIRECT, UNDECODABLE -> Sign.ANSWERS;
            case PATIENCE, BUSY, TOO_MANY_WAITERS, CLOSED, APPLICATION, INTERNAL -> Sign.NOTHING;
        };
    }

    /**
     * Returns the outage after one more failure.
     *
     * @param url the requested URL, without the partition: one URL that fails for three users counts once
     */
    public OriginOutage failed(String url, Failure failure) {
        return switch (sign(failure)) {
            case UNREACHABLE, FAULT -> {
                if (urls.size() == WIDE || urls.contains(url)) {
                    yield this;
                }
                List<String> more = new ArrayList<>(urls);
                more.add(url);
                yield new OriginOutage(more);
            }
            case ANSWERS -> NONE;
            case NOTHING -> this;
        };
    }

    /**
     * Reports whether the failure of one URL counts for its whole origin.
     *
     * @param failure the last failure, which this outage already includes
     */
    public boolean widens(Failure failure) {
        return switch (sign(failure)) {
            case UNREACHABLE -> true;
            case FAULT -> urls.size() == WIDE;
            case ANSWERS, NOTHING -> false;
        };
    }

    /** Returns the number of URLs without their text: their queries may hold secrets. */
    @Override
    public String toString() {
        return urls.size() + " URLs failed in a row";
    }
}
