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
 * The store of the backoffs, bounded in number: those of URLs by the texts of their keys, and those of origins. The
 * store may drop a backoff for want of room, or after a long time without a change. A fetch then goes out, which costs
 * one request. Thread-safe. A look-up of a URL or an origin without a backoff takes no lock.
 */
public final class BackoffStore {
    private static final Duration LEAST_MEMORY = Duration.ofMinutes(1);

    /**
     * The memory of a backoff, in multiples of the longest wait. It covers the wait itself, and then the time for which
     * the number of consecutive failures counts.
     */
    private static final int WAITS_REMEMBERED = 4;

    private final long maximumEntries;
    private final Cache<String, BackoffState> urls;
    private final Cache<String, OriginBackoff> origins;

    /**
     * Makes an empty store.
     *
     * @param maximumEntries the maximum number of backoffs of URLs, and also of origins
     * @param longestNanos the longest wait of a backoff, in nanoseconds: the maximum of the backoff, or the time after
     *     which a probe is overdue where that is longer. The store remembers a backoff for four times that after its
     *     last change, and for at least a minute
     * @param ticker the cache's monotonic clock, in nanoseconds; it may be a coarse clock
     */
    public BackoffStore(long maximumEntries, long longestNanos, LongSupplier ticker) {
        this.maximumEntries = maximumEntries;
        Duration memory = memory(longestNanos);
        this.urls = bounded(maximumEntries, memory, ticker).build();
        this.origins = bounded(maximumEntries, memory, ticker).build();
    }

    /** Returns whether the store holds no backoff at all; a look-up is then superfluous. */
    public boolean empty() {
        return urls.estimatedSize() == 0 && origins.estimatedSize() == 0;
    }

    /** Returns the backoff of the key with this text, or null where the store remembers no failure of it. */
    public @Nullable BackoffState get(String text) {
        return urls.getIfPresent(text);
    }

    /** Returns the state of an origin, or null where the store remembers no failure of it. */
    public @Nullable OriginBackoff origin(String origin) {
        return origins.getIfPresent(origin);
    }

    /**
     * Returns the decision whether a fetch may go out for the key with this text. A caller that gets
     * {@link BackoffRule.Probe} has the token of the probe, and no other caller has it. The backoff of that decision is
     * the one with the token out.
     *
     * @param now the time on the cache's monotonic clock
     * @param overdueAt the time on that clock at which a probe is overdue; {@link #returned} needs it again
     */
    public BackoffRule.Decision admit(String text, long now, long overdueAt) {
        BackoffRule.Decision decision = BackoffRule.decide(urls.getIfPresent(text), now);
        if (!(decision instanceof BackoffRule.Probe)) {
            return decision;
        }
        BackoffRule.Decision[] decided = {decision};
        update(text, backoff -> takeProbe(backoff, now, overdueAt, decided));
        return decided[0];
    }

    /** Returns the decision whether a fetch may go out to an origin, like {@link #admit}. */
    public BackoffRule.Decision admitOrigin(String origin, long now, long overdueAt) {
        BackoffRule.Decision decision = BackoffRule.decide(backoff(origins.getIfPresent(origin)), now);
        if (!(decision instanceof BackoffRule.Probe)) {
            return decision;
        }
        BackoffRule.Decision[] decided = {decision};
        updateOrigin(origin, state -> {
            BackoffState taken = takeProbe(backoff(state), now, overdueAt, decided);
            return state == null ? null : state.with(taken);
        });
        return decided[0];
    }

    /**
     * Takes back the token of a probe, after any end of the probe. Does nothing when another probe, or no probe, is
     * out.
     */
    public void returned(String text, long overdueAt) {
        if (urls.getIfPresent(text) != null) {
            update(text, backoff -> BackoffRule.returned(backoff, overdueAt));
        }
    }

    /** Takes back the token of a probe of an origin, like {@link #returned}. */
    public void returnedOrigin(String origin, long overdueAt) {
        if (origins.getIfPresent(origin) != null) {
            updateOrigin(
                    origin,
                    state -> state == null ? null : state.with(BackoffRule.returned(state.backoff(), overdueAt)));
        }
    }

    /**
     * Replaces the backoff of the key with this text, atomically. The change must be short, and must not block.
     *
     * @param change maps the present backoff, or null, to the new backoff, or null
     * @return the new backoff, or null
     */
    public @Nullable BackoffState update(String text, UnaryOperator<@Nullable BackoffState> change) {
        return replace(urls, text, change);
    }

    /** Replaces the state of an origin, like {@link #update}. */
    public @Nullable OriginBackoff updateOrigin(String origin, UnaryOperator<@Nullable OriginBackoff> change) {
        return replace(origins, origin, change);
    }

    /**
     * Removes a backoff after a response. Where the key has no backoff, this costs one look-up.
     *
     * @return the removed backoff, or null
     */
    public @Nullable BackoffState remove(String text) {
        return urls.getIfPresent(text) == null ? null : urls.asMap().remove(text);
    }

    /**
     * Removes the backoffs of all keys of the matching URLs. It walks all backoffs, which are few where few URLs fail.
     */
    public void removeIf(Predicate<String> test) {
        if (urls.estimatedSize() > 0) {
            urls.asMap().keySet().removeIf(text -> test.test(url(text)));
        }
    }

    /** Returns a copy of the URLs that have a backoff under any key. */
    public Set<String> urls() {
        Set<String> all = new HashSet<>();
        urls.asMap().keySet().forEach(text -> all.add(url(text)));
        return all;
    }

    private static String url(String text) {
        int blank = text.indexOf(' '); // a URL holds no blank; the partition follows the first blank
        return blank < 0 ? text : text.substring(0, blank);
    }

    /** Removes the state of an origin after a response, like {@link #remove}. */
    public @Nullable OriginBackoff removeOrigin(String origin) {
        return origins.getIfPresent(origin) == null ? null : origins.asMap().remove(origin);
    }

    /** Returns the number of backoffs of keys and of origin states together. */
    public long entries() {
        urls.cleanUp();
        origins.cleanUp();
        return urls.estimatedSize() + origins.estimatedSize();
    }

    private static @Nullable BackoffState takeProbe(
            @Nullable BackoffState backoff, long now, long overdueAt, BackoffRule.Decision[] decided) {
        BackoffRule.Decision decision = BackoffRule.decide(backoff, now);
        if (decision instanceof BackoffRule.Probe probe) {
            BackoffState taken = BackoffRule.probed(probe.backoff(), overdueAt);
            decided[0] = new BackoffRule.Probe(taken);
            return taken;
        }
        decided[0] = decision;
        return backoff;
    }

    private static @Nullable BackoffState backoff(@Nullable OriginBackoff state) {
        return state == null ? null : state.backoff();
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
     * Checks the invariants that hold while no call is under way.
     *
     * @throws IllegalStateException when an invariant does not hold; the message names it
     */
    void checkInvariants() {
        urls.cleanUp();
        origins.cleanUp();
        if (urls.estimatedSize() > maximumEntries || origins.estimatedSize() > maximumEntries) {
            throw new IllegalStateException("the store holds more backoffs than " + maximumEntries);
        }
        urls.asMap().values().forEach(BackoffStore::check);
        origins.asMap().values().forEach(state -> {
            if (state.outage().urls().isEmpty()) {
                throw new IllegalStateException("the store holds an origin without a failed URL");
            }
            if (state.backoff() != null) {
                check(state.backoff());
            }
        });
    }

    private static void check(BackoffState backoff) {
        if (backoff.failures() < 1) {
            throw new IllegalStateException("the store holds a backoff without a failure");
        }
    }
}
