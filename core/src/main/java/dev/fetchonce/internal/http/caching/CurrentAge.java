package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.ListField;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;

/**
 * The age of a response (RFC 9111 §4.2.3), calculated with the values of the RFC. All ages are nanoseconds from 0 to
 * 2<sup>31</sup> seconds. Pure functions.
 */
public final class CurrentAge {
    private CurrentAge() {}

    /**
     * Returns the age_value: the seconds of the Age field. The first member of the first line with a member counts. The
     * value is 0 when that member is no number of seconds, or when the field is absent (RFC 9111 §5.1).
     */
    public static long ageValue(HttpHeaders response) {
        List<String> members = ListField.tokens(response.allValues("age"));
        return members.isEmpty()
                ? 0
                : DeltaSeconds.nanos(DeltaSeconds.parse(members.getFirst()).orElse(0));
    }

    /**
     * Returns the date_value: the first line of the Date field, or else the time of receipt (RFC 9110 §6.6.1). The time
     * of receipt counts in whole seconds, like a Date.
     *
     * @param responseTime the time of receipt, on the wall clock
     */
    public static Instant dateValue(HttpHeaders response, Instant responseTime) {
        return response.firstValue("date")
                .flatMap(date -> HttpDate.parse(date, responseTime))
                .orElseGet(() -> wholeSeconds(responseTime));
    }

    /**
     * Returns the apparent_age: the time from the Date of the response to its receipt; 0 when the Date is absent,
     * invalid or in the future. It counts whole seconds, because Date has no fractions: otherwise every lifetime would
     * lose half a second.
     *
     * @param responseTime the time of receipt, on the wall clock
     */
    public static long apparentAge(HttpHeaders response, Instant responseTime) {
        return DeltaSeconds.nanosBetween(dateValue(response, responseTime), wholeSeconds(responseTime));
    }

    /**
     * Returns the corrected_age_value: the Age and the response delay.
     *
     * @param responseDelayNanos the time from the request to the response, on the monotonic clock; less than 0 counts
     *     as 0
     */
    public static long correctedAgeValue(HttpHeaders response, long responseDelayNanos) {
        return sum(ageValue(response), responseDelayNanos);
    }

    /** Returns the corrected_initial_age: the greater of {@link #apparentAge} and {@link #correctedAgeValue}. */
    public static long correctedInitialAge(HttpHeaders response, Instant responseTime, long responseDelayNanos) {
        return Math.max(apparentAge(response, responseTime), correctedAgeValue(response, responseDelayNanos));
    }

    /** Adds two ages, each cut to the maximum first, so that the sum does not overflow (RFC 9111 §1.2.2). */
    private static long sum(long age, long nanos) {
        long most = DeltaSeconds.MAXIMUM_NANOS;
        return Math.min(most, Math.clamp(age, 0, most) + Math.clamp(nanos, 0, most));
    }

    private static Instant wholeSeconds(Instant moment) {
        return Instant.ofEpochSecond(moment.getEpochSecond());
    }
}
