package dev.fetchonce.benchmarks.soak;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The way in which an origin tells a user of a rate limit. */
enum RateLimit {
    /** 429 alone. */
    TOO_MANY(Wait.OF_CACHE),

    /** 429 with {@code Retry-After}. */
    RETRY_AFTER(Wait.REQUESTED),

    /** 403 with {@code Retry-After}. */
    FORBIDDEN(Wait.REQUESTED),

    /** 403 with {@code X-RateLimit-Remaining: 0} and the seconds to {@code X-RateLimit-Reset}. */
    RESET_IN(Wait.REQUESTED),

    /** 503 with {@code X-RateLimit-Remaining: 0} and the time of {@code X-RateLimit-Reset}. */
    RESET_AT(Wait.REQUESTED);

    private final Wait wait;

    /** The side that chooses the wait of the user. */
    enum Wait {
        /** The cache, by its backoff. */
        OF_CACHE,

        /** The origin, in its answer. */
        REQUESTED
    }

    RateLimit(Wait wait) {
        this.wait = wait;
    }

    /** Returns the side that chooses the wait of the user. */
    Wait waiting() {
        return wait;
    }

    /** Returns the answer during a limit that lasts for so many seconds. */
    Reply reply(long seconds) {
        return switch (this) {
            case TOO_MANY -> Reply.empty("429 Too Many Requests", "");
            case RETRY_AFTER -> Reply.empty("429 Too Many Requests", "Retry-After: " + seconds + "\r\n");
            case FORBIDDEN -> Reply.empty("403 Forbidden", "Retry-After: " + seconds + "\r\n");
            case RESET_IN -> Reply.empty("403 Forbidden", reset(Long.toString(seconds)));
            case RESET_AT -> {
                Instant now = Instant.now();
                String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
                yield Reply.empty(
                        "503 Service Unavailable",
                        "Date: " + date + "\r\n" + reset(Long.toString(now.getEpochSecond() + seconds)));
            }
        };
    }

    private static String reset(String reset) {
        return "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: " + reset + "\r\n";
    }
}
