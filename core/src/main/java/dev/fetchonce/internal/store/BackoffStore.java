package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The gates of the places that fail, bounded in number: those of URLs by the texts of their keys, and those of origins. One
 * that is dropped for want of room, or because nothing was heard of it for long, is open: that costs one request.
 * Thread-safe; a place that does not fail is looked up without a lock.
 */
public final class BackoffStore {
    private static final Duration LEAST_MEMORY = Duration.ofMinutes(1);

    /** For how many of the longest waits a gate is remembered: the wait itself, and then how often it has failed. */
    private static final int WAITS_REMEMBERED = 4;

    private final long maximumEntries;
    private final Cache<String, BackoffState> urls;
    private final Cache<String, OriginBackoff> origins;

    /**
     * Makes an empty store.
     *
     * @param maximumEntries how many gates of URLs and how many of origins are kept
     * @param longestNanos the longest that a gate holds: the maximum of the backoff, or the time after which a probe is
     *     overdue where that is longer. A gate is remembered for four times that from its last change on, and for at least
     *     a minute
     * @param ticker the cache's monotonic clock, in nanoseconds; it may be a coarse one
     */
    public BackoffStore(long maximumEntries, long longestNanos, LongSupplier ticker) {
        this.maximumEntries = maximumEntries;
        Duration memory = memory(longestNanos);
        this.urls = bounded(maximumEntries, memory, ticker).build();
        this.origins = bounded(maximumEntries, memory, ticker).build();
    }

    /** Whether nothing has failed anywhere, as far as that is remembered: then there is no gate to look for. */
    public boolean empty() {
        return urls.estimatedSize() == 0 && origins.estimatedSize() == 0;
    }

    /** The gate of the key with this text, or null when nothing has failed there. */
    public @Nullable BackoffState get(String text) {
        return urls.getIfPresent(text);
    }

    /** The state of an origin, or null when nothing has failed there. */
    public @Nullable OriginBackoff origin(String origin) {
        return origins.getIfPresent(origin);
    }

    /**
     * Whether somebody may ask for the key with this text. Who gets {@link BackoffRule.Probe} has the token, and nobody else
     * has; its gate is the one with the token out.
     *
     * @param now the time on the cache's monotonic clock
     * @param overdueAt when the probe is given up, if it comes to one; needed again to {@link #returned return} it
     */
    public BackoffRule.Decision ask(String text, long now, long overdueAt) {
        BackoffRule.Decision decision = BackoffRule.decide(urls.getIfPresent(text), now);
        if (!(decision instanceof BackoffRule.Probe)) {
            return decision;
        }
        BackoffRule.Decision[] decided = {decision};
        update(text, gate -> take(gate, now, overdueAt, decided));
        return decided[0];
    }

    /** Whether somebody may ask an origin; the same as {@link #ask}. */
    public BackoffRule.Decision askOrigin(String origin, long now, long overdueAt) {
        BackoffRule.Decision decision = BackoffRule.decide(gate(origins.getIfPresent(origin)), now);
        if (!(decision instanceof BackoffRule.Probe)) {
            return decision;
        }
        BackoffRule.Decision[] decided = {decision};
        updateOrigin(origin, state -> {
            BackoffState taken = take(gate(state), now, overdueAt, decided);
            return state == null ? null : state.with(taken);
        });
        return decided[0];
    }

    /** Takes back the token of a probe, on whatever path it ended; does nothing when that is not the probe that is out. */
    public void returned(String text, long overdueAt) {
        if (urls.getIfPresent(text) != null) {
            update(text, gate -> BackoffRule.returned(gate, overdueAt));
        }
    }

    /** Takes back the token of a probe of an origin; the same as {@link #returned}. */
    public void returnedOrigin(String origin, long overdueAt) {
        if (origins.getIfPresent(origin) != null) {
            updateOrigin(
                    origin, state -> state == null ? null : state.with(BackoffRule.returned(state.gate(), overdueAt)));
        }
    }

    /**
     * Replaces the gate of the key with this text, atomically. The change must be short, and call nothing that could block.
     *
     * @param change from the gate that is there, or null, to the gate that shall be, or null
     * @return the gate that is there now, or null
     */
    public @Nullable BackoffState update(String text, UnaryOperator<@Nullable BackoffState> change) {
        return replace(urls, text, change);
    }

    /** Replaces the state of an origin; the same as {@link #update}. */
    public @Nullable OriginBackoff updateOrigin(String origin, UnaryOperator<@Nullable OriginBackoff> change) {
        return replace(origins, origin, change);
    }

    /**
     * Opens a gate after an answer. Costs a look-up where there is none.
     *
     * @return the gate that was there, or null
     */
    public @Nullable BackoffState open(String text) {
        return urls.getIfPresent(text) == null ? null : urls.asMap().remove(text);
    }

    /** Opens the gates of all keys of such URLs; looks at every gate there is, which are few where few places fail. */
    public void openIf(Predicate<String> test) {
        if (urls.estimatedSize() > 0) {
            urls.asMap().keySet().removeIf(text -> test.test(url(text)));
        }
    }

    /** The URLs that have a gate under any key; a copy. */
    public Set<String> urls() {
        Set<String> all = new HashSet<>();
        urls.asMap().keySet().forEach(text -> all.add(url(text)));
        return all;
    }

    private static String url(String text) {
        int blank = text.indexOf(' '); // a URL has none, and the partition follows it
        return blank < 0 ? text : text.substring(0, blank);
    }

    /** Forgets all that has failed at an origin, after an answer; the same as {@link #open}. */
    public @Nullable OriginBackoff openOrigin(String origin) {
        return origins.getIfPresent(origin) == null ? null : origins.asMap().remove(origin);
    }

    /** How many places fail, as far as they are remembered: URLs and origins. */
    public long entries() {
        urls.cleanUp();
        origins.cleanUp();
        return urls.estimatedSize() + origins.estimatedSize();
    }

    private static @Nullable BackoffState take(
            @Nullable BackoffState gate, long now, long overdueAt, BackoffRule.Decision[] decided) {
        BackoffRule.Decision decision = BackoffRule.decide(gate, now);
        if (decision instanceof BackoffRule.Probe probe) {
            BackoffState taken = BackoffRule.probed(probe.gate(), overdueAt);
            decided[0] = new BackoffRule.Probe(taken);
            return taken;
        }
        decided[0] = decision;
        return gate;
    }

    private static @Nullable BackoffState gate(@Nullable OriginBackoff state) {
        return state == null ? null : state.gate();
    }

    private static <V> @Nullable V replace(Cache<String, V> places, String place, UnaryOperator<@Nullable V> change) {
        ConcurrentMap<String, V> map = places.asMap();
        return map.compute(place, (same, before) -> change.apply(before));
    }

    private static Duration memory(long longestNanos) {
        long nanos =
                longestNanos > Deadline.LONGEST / WAITS_REMEMBERED ? Deadline.LONGEST : longestNanos * WAITS_REMEMBERED;
        Duration memory = Duration.ofNanos(nanos);
        return memory.compareTo(LEAST_MEMORY) < 0 ? LEAST_MEMORY : memory;
    }

    private static Caffeine<Object, Object> bounded(long maximumEntries, Duration memory, LongSupplier ticker) {
        return Caffeine.newBuilder()
                .maximumSize(maximumEntries)
                .expireAfterWrite(memory)
                .ticker(ticker::getAsLong)
                .executor(Runnable::run);
    }

    /**
     * Checks what must hold when no call is under way.
     *
     * @throws IllegalStateException saying what does not
     */
    void checkInvariants() {
        urls.cleanUp();
        origins.cleanUp();
        if (urls.estimatedSize() > maximumEntries || origins.estimatedSize() > maximumEntries) {
            throw new IllegalStateException("more gates are kept than " + maximumEntries);
        }
        urls.asMap().values().forEach(BackoffStore::check);
        origins.asMap().values().forEach(state -> {
            if (state.outage().urls().isEmpty()) {
                throw new IllegalStateException("an origin is kept of which no URL has failed");
            }
            if (state.gate() != null) {
                check(state.gate());
            }
        });
    }

    private static void check(BackoffState gate) {
        if (gate.failures() < 1) {
            throw new IllegalStateException("a gate is kept where nothing has failed");
        }
    }
}
