package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.ListField;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;

/**
 * How old a response is (RFC 9111 §4.2.3), in the words of the RFC. All ages are nanoseconds from 0 to 2<sup>31</sup>
 * seconds. Pure functions.
 */
public final class CurrentAge {
    private CurrentAge() {}

    /**
     * age_value: what the Age field says. It is the first member of the first line that has one; when that is no number of
     * seconds, or there is no field, 0 (RFC 9111 §5.1).
     */
    public static long ageValue(HttpHeaders response) {
        List<String> members = ListField.tokens(response.allValues("age"));
        return members.isEmpty()
                ? 0
                : DeltaSeconds.nanos(DeltaSeconds.parse(members.getFirst()).orElse(0));
    }

    /**
     * date_value: what the first line of the Date field says, or else when the response came (RFC 9110 §6.6.1), in whole
     * seconds as Date would have said it.
     *
     * @param responseTime when it came, on the wall clock
     */
    public static Instant dateValue(HttpHeaders response, Instant responseTime) {
        return response.firstValue("date")
                .flatMap(date -> HttpDate.parse(date, responseTime))
                .orElseGet(() -> wholeSeconds(responseTime));
    }

    /**
     * apparent_age: from the Date of the response to its arrival, 0 when the Date is missing, makes no sense or lies ahead.
     * It counts whole seconds, as Date has no parts of them: else half a second of every lifetime would be lost.
     */
    public static long apparentAge(HttpHeaders response, Instant responseTime) {
        return DeltaSeconds.nanosBetween(dateValue(response, responseTime), wholeSeconds(responseTime));
    }

    /**
     * corrected_age_value: its Age, and the time that it was under way.
     *
     * @param responseDelayNanos from the request to the response, on the monotonic clock; less than 0 counts as 0
     */
    public static long correctedAgeValue(HttpHeaders response, long responseDelayNanos) {
        return sum(ageValue(response), responseDelayNanos);
    }

    /** corrected_initial_age: the greater of {@link #apparentAge} and {@link #correctedAgeValue}. */
    public static long correctedInitialAge(HttpHeaders response, Instant responseTime, long responseDelayNanos) {
        return Math.max(apparentAge(response, responseTime), correctedAgeValue(response, responseDelayNanos));
    }

    /** Each is cut before they are added, so that nothing overflows (RFC 9111 §1.2.2). */
    private static long sum(long age, long nanos) {
        long most = DeltaSeconds.MAXIMUM_NANOS;
        return Math.min(most, Math.clamp(age, 0, most) + Math.clamp(nanos, 0, most));
    }

    private static Instant wholeSeconds(Instant moment) {
        return Instant.ofEpochSecond(moment.getEpochSecond());
    }
}
