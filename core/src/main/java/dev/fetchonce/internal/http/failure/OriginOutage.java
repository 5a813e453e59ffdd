package dev.fetchonce.internal.http.failure;

import java.util.ArrayList;
import java.util.List;

/**
 * Which URLs of an origin have failed in a row since it last answered: whether it is the origin that fails, and not only
 * them. Immutable.
 *
 * @param urls up to three different ones, the first that failed
 */
public record OriginOutage(List<String> urls) {
    /** So many different URLs are the origin. */
    static final int WIDE = 3;

    /** Nothing has failed. */
    public static final OriginOutage NONE = new OriginOutage(List.of());

    /** Keeps a copy. */
    public OriginOutage {
        urls = List.copyOf(urls);
    }

    /** What a failure of one URL says of its origin. */
    public enum Sign {
        /** It cannot be reached at all. */
        UNREACHABLE,

        /** It, or that URL, is in trouble. */
        TROUBLE,

        /** It answers; that URL may be in trouble. */
        ANSWERS,

        /** Nothing: the origin was not asked, or it was our own code that failed. */
        NOTHING
    }

    /** What a failure of one URL says of its origin. */
    public static Sign sign(Failure failure) {
        return switch (failure.reason()) {
            case CONNECT -> Sign.UNREACHABLE;
            case TIMEOUT, BROKEN, PROTOCOL -> Sign.TROUBLE;
            case STATUS -> FailureRule.covers(failure) ? Sign.TROUBLE : Sign.ANSWERS;
            case TOO_LARGE, REDIRECT, UNDECODABLE -> Sign.ANSWERS;
            case PATIENCE, BUSY, TOO_MANY_WAITERS, CLOSED, APPLICATION, INTERNAL -> Sign.NOTHING;
        };
    }

    /**
     * The outage after one more failure.
     *
     * @param url of what was asked, without the partition: one URL that fails for three users is one
     */
    public OriginOutage failed(String url, Failure failure) {
        return switch (sign(failure)) {
            case UNREACHABLE, TROUBLE -> {
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
     * Whether the failure of one URL is to count for its whole origin.
     *
     * @param failure the last one, which this outage has seen
     */
    public boolean widens(Failure failure) {
        return switch (sign(failure)) {
            case UNREACHABLE -> true;
            case TROUBLE -> urls.size() == WIDE;
            case ANSWERS, NOTHING -> false;
        };
    }

    /** Tells how many, and none by name: their queries may hold secrets. */
    @Override
    public String toString() {
        return urls.size() + " URLs failed in a row";
    }
}
