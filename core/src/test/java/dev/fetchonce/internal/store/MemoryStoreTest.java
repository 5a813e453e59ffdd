package dev.fetchonce.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.CacheKeyFactory;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VariantSet;
import dev.fetchonce.internal.http.stored.VarySelection;
import dev.fetchonce.testing.Together;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
    private static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (name, value) -> true);
    private static final CacheKeyFactory KEYS =
            new CacheKeyFactory(List.of(), CacheKeyFactory::credentials, new byte[16], NONE);
    private static final long FOR_EVER = 1L << 62;
    private static final int THREADS = 8;

    private MemoryStore store = new MemoryStore(1 << 20, 0);

    @AfterEach
    void invariants_hold() {
        store.checkInvariants();
    }

    @Test
    void an_entry_is_found_by_the_text_of_its_key() {
        CacheKey plain = key("http://h/a", 0);
        CacheKey partitioned = key("http://h/a", 1);
        put(plain, 10, FOR_EVER, 0);
        put(partitioned, 20, FOR_EVER, 0);
        assertThat(body("http://h/a")).isEqualTo(10);
        assertThat(body(partitioned.text())).isEqualTo(20);
        assertThat(store.get("http://h/b")).isNull();
        assertThat(store.urls()).containsExactly("http://h/a");
        assertThat(store.entries()).isEqualTo(2);
        assertThat(store.bytes())
                .isEqualTo(store.get(plain.text()).weight()
                        + store.get(partitioned.text()).weight());
    }

    @Test
    void entries_are_responses_not_slots() {
        CacheKey key = key("http://h/a", 0);
        HttpHeaders vary = HttpHeaders.of(Map.of("Vary", List.of("A")), (name, value) -> true);
        for (String value : List.of("1", "2", "3")) {
            HttpHeaders request = HttpHeaders.of(Map.of("A", List.of(value)), (name, same) -> true);
            store.update(
                    key,
                    FOR_EVER,
                    0,
                    variants -> VariantSet.landed(variants, key, response(1, VarySelection.of(vary, request))));
        }
        assertThat(store.entries()).isEqualTo(3);
        assertThat(store.urls()).hasSize(1);
    }

    @Test
    void a_change_to_null_drops_the_slot() {
        for (int partition = 0; partition < 2; partition++) {
            CacheKey key = key("http://h/a", partition);
            put(key, 10, FOR_EVER, 0);
            store.update(key, 0, 0, variants -> null);
            assertThat(store.get(key.text())).isNull();
            store.update(key, 0, 0, variants -> variants);
            assertThat(store.get(key.text())).isNull();
        }
        assertThat(store.entries()).isZero();
        assertThat(store.bytes()).isZero();
    }

    @Test
    void a_change_that_throws_changes_nothing() {
        CacheKey key = key("http://h/a", 1);
        put(key, 10, FOR_EVER, 0);
        assertThatThrownBy(() -> store.update(key, FOR_EVER, 0, variants -> {
                    throw new IllegalStateException("expected");
                }))
                .hasMessage("expected");
        assertThat(body(key.text())).isEqualTo(10);
    }

    @Test
    void remove_drops_all_partitions_of_that_url_and_no_other() {
        for (int partition = 0; partition < 5; partition++) {
            put(key("http://h/a", partition), 10, FOR_EVER, 0);
            put(key("http://h/b", partition), 10, FOR_EVER, 0);
        }
        assertThat(store.remove("http://h/a")).isTrue();
        assertThat(store.urls()).containsExactly("http://h/b");
        assertThat(store.entries()).isEqualTo(5);
        assertThat(store.remove("http://h/a")).isFalse();
        assertThat(store.remove("http://h/c")).isFalse();
    }

    @Test
    void remove_finds_a_partition_without_a_plain_slot() {
        CacheKey key = key("http://h/a", 1);
        put(key, 10, FOR_EVER, 0);
        assertThat(store.remove(key.text())).as("not a URL").isTrue();
        put(key, 10, FOR_EVER, 0);
        assertThat(store.remove("http://h/a")).isTrue();
        assertThat(store.get(key.text())).isNull();
    }

    @Test
    void the_bound_is_kept_and_evictions_are_counted() {
        store = new MemoryStore(20_000, 0);
        for (int i = 0; i < 500; i++) {
            put(key("http://h/" + i, i % 3), 1_000, FOR_EVER, 0);
            assertThat(store.bytes()).isLessThanOrEqualTo(20_000);
        }
        assertThat(store.entries()).isBetween(1L, 20L);
        assertThat(store.evictions()).isEqualTo(500 - store.entries());
    }

    @Test
    void a_slot_that_is_too_big_for_the_whole_store_is_not_kept() {
        store = new MemoryStore(5_000, 0);
        put(key("http://h/small", 0), 100, FOR_EVER, 0);
        CacheKey big = key("http://h/big", 1);
        put(big, 5_000, FOR_EVER, 0);
        store.bytes(); // cleans up
        assertThat(store.get(big.text())).isNull();
        assertThat(body("http://h/small")).isEqualTo(100);
        assertThat(store.remove("http://h/big")).isFalse();
    }

    @Test
    void a_slot_is_weighed_again_after_something_was_decoded_in_it() throws Exception {
        CacheKey key = key("http://h/a", 1);
        put(key, 1_000, FOR_EVER, 0);
        long before = store.bytes();
        VariantSet variants = store.get(key.text());
        variants.select(NONE).representation().decoded(3_000);
        assertThat(store.bytes()).isEqualTo(before);
        store.reweigh(key);
        assertThat(store.bytes()).isGreaterThanOrEqualTo(before + 1_000);
        assertThat(store.bytes()).isEqualTo(store.get(key.text()).weight());
        store.reweigh(key("http://h/unknown", 0));
    }

    @Test
    void decoding_can_evict_what_it_decoded_from() throws Exception {
        store = new MemoryStore(5_000, 0);
        CacheKey key = key("http://h/a", 1);
        put(key, 4_000, FOR_EVER, 0);
        VariantSet variants = store.get(key.text());
        variants.select(NONE).representation().decoded(3_000);
        store.reweigh(key);
        assertThat(store.bytes()).isZero();
        assertThat(store.get(key.text())).isNull();
        assertThat(store.evictions()).isEqualTo(1);
    }

    @Test
    void an_entry_that_has_outlived_every_use_is_dropped_at_the_next_landing() {
        CacheKey dead = key("http://h/dead", 1);
        put(dead, 10, 100, 0);
        put(key("http://h/other", 0), 10, 100, 50);
        assertThat(store.get(dead.text())).isNotNull();
        put(key("http://h/another", 0), 10, 100, 101);
        assertThat(store.get(dead.text())).isNull();
        assertThat(store.get("http://h/other")).isNotNull();
        store.bytes(); // cleans up
        assertThat(store.evictions()).isEqualTo(1);
    }

    @Test
    void the_longest_life_holds_for_all() {
        CacheKey key = key("http://h/long", 1);
        put(key, 10, 1_000, 0);
        put(key("http://h/short", 0), 10, 1, 0);
        put(key("http://h/later", 0), 10, 1, 999);
        assertThat(store.get(key.text())).isNotNull();
        put(key, 10, FOR_EVER, 1_001);
        put(key("http://h/later", 0), 10, 1, 1_001 + FOR_EVER / 2);
        assertThat(store.get(key.text())).isNotNull();
    }

    @Test
    void an_expired_slot_that_lands_anew_is_listed_under_its_url() {
        CacheKey key = key("http://h/a", 1);
        put(key, 10, 100, 0);
        put(key, 20, 100, 500);
        assertThat(body(key.text())).isEqualTo(20);
        store.checkInvariants();
        assertThat(store.remove("http://h/a")).isTrue();
        assertThat(store.get(key.text())).isNull();
    }

    @Test
    void the_clock_may_pass_its_largest_value() {
        store = new MemoryStore(1 << 20, Long.MAX_VALUE - 50);
        CacheKey key = key("http://h/a", 1);
        put(key, 10, 100, Long.MAX_VALUE - 50);
        put(key("http://h/b", 0), 10, 100, Long.MIN_VALUE + 10);
        assertThat(store.get(key.text())).isNotNull();
        put(key("http://h/c", 0), 10, 100, Long.MIN_VALUE + 100);
        assertThat(store.get(key.text())).isNull();
    }

    @Test
    void no_update_is_lost_under_many_threads() {
        CacheKey key = key("http://h/a", 0);
        put(key, 0, FOR_EVER, 0);
        Together.run(THREADS, thread -> {
            for (int i = 0; i < 1_000; i++) {
                store.update(
                        key,
                        FOR_EVER,
                        0,
                        variants -> VariantSet.landed(
                                variants,
                                key,
                                response(
                                        variants.select(NONE).representation().length() + 1,
                                        VarySelection.of(NONE, NONE))));
            }
        });
        assertThat(body(key.text())).isEqualTo(THREADS * 1_000);
    }

    @Test
    void of_two_variants_landing_together_none_is_lost() {
        HttpHeaders vary = HttpHeaders.of(Map.of("Vary", List.of("A")), (name, value) -> true);
        for (int round = 0; round < 200; round++) {
            CacheKey key = key("http://h/" + round, round % 2);
            Together.run(THREADS, thread -> {
                HttpHeaders request = HttpHeaders.of(Map.of("A", List.of("" + thread)), (name, value) -> true);
                store.update(
                        key,
                        FOR_EVER,
                        0,
                        variants -> VariantSet.landed(variants, key, response(1, VarySelection.of(vary, request))));
            });
            assertThat(store.get(key.text()).size()).isEqualTo(THREADS);
            store.remove(key.url());
        }
    }

    /**
     * A thread may find a longer life while another thread sets a shorter one. In the end the longest life must be set.
     */
    @Test
    void the_longest_life_holds_however_many_find_theirs_at_once() {
        for (int round = 0; round < 3_000; round++) {
            store = new MemoryStore(1 << 20, 0);
            Together.run(THREADS, thread -> put(key("http://h/" + thread, 0), 1, 100 + thread, 0));
            store.update(key("http://h/late", 0), 1, 100 + THREADS - 2, variants -> null);
            assertThat(store.get("http://h/0"))
                    .as("round %d: stored at 0, and to live for %d", round, 100 + THREADS - 1)
                    .isNotNull();
        }
    }

    @Test
    void a_removal_drops_all_that_was_stored_before_it_whatever_else_goes_on() {
        store = new MemoryStore(30_000, 0); // evicts all the time
        AtomicInteger now = new AtomicInteger();
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("a_removal_drops_all: -Dseed=" + seed);
        CacheKey[] keys = IntStream.range(0, 24)
                .mapToObj(i -> key("http://h/" + i / 4, i % 4))
                .toArray(CacheKey[]::new);
        Together.run(THREADS, thread -> {
            Random random = new Random(seed + thread);
            String mine = "http://mine/" + thread;
            CacheKey[] own = {key(mine, 0), key(mine, 1), key(mine, 2)};
            for (int i = 0; i < 4_000; i++) {
                CacheKey shared = keys[random.nextInt(keys.length)];
                switch (random.nextInt(6)) {
                    case 0 -> store.remove(shared.url());
                    case 1 -> store.update(shared, 0, now.incrementAndGet(), variants -> null);
                    case 2 -> store.reweigh(shared);
                    case 3 -> {
                        CacheKey one = own[random.nextInt(own.length)];
                        put(one, 100, 50, now.incrementAndGet());
                        store.remove(mine);
                        assertThat(store.get(one.text())).isNull();
                        assertThat(store.remove(mine)).isFalse();
                    }
                    default -> put(shared, random.nextInt(8_000), 50, now.incrementAndGet());
                }
            }
        });
        store.checkInvariants();
        assertThat(store.bytes()).isLessThanOrEqualTo(30_000);
        for (String url : store.urls()) {
            assertThat(store.remove(url)).isTrue();
        }
        assertThat(store.entries()).isZero();
        assertThat(store.bytes()).isZero();
    }

    @Test
    void the_count_of_responses_is_that_of_a_walk_after_any_changes() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("the_count_of_responses: -Dseed=" + seed);
        Random random = new Random(seed);
        store = new MemoryStore(20_000, 0); // evicts often
        HttpHeaders vary = HttpHeaders.of(Map.of("Vary", List.of("A")), (name, value) -> true);
        long now = 0;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(20);
            CacheKey key = key("http://h/" + random.nextInt(8), random.nextInt(3));
            String field = "" + random.nextInt(5);
            HttpHeaders request = HttpHeaders.of(Map.of("A", List.of(field)), (name, value) -> true);
            VarySelection selection = VarySelection.of(random.nextBoolean() ? vary : NONE, request);
            int length = random.nextInt(random.nextInt(50) == 0 ? 30_000 : 3_000);
            switch (random.nextInt(6)) {
                case 0 -> store.remove(key.url());
                case 1 -> store.update(key, 0, now, variants -> null);
                case 2 -> store.update(key, 50, now, variants -> variants == null ? null : variants.dropped(request));
                case 3 -> store.reweigh(key);
                default ->
                    store.update(
                            key, 50, now, variants -> VariantSet.landed(variants, key, response(length, selection)));
            }
            store.checkInvariants();
        }
        assertThat(store.evictions()).isPositive();
    }

    /** The class file shows it: a measurement of time would depend on the machine. */
    @Test
    void the_statistics_walk_over_no_stored_response() {
        JavaClass type =
                new ClassFileImporter().importClasses(MemoryStore.class).get(MemoryStore.class);
        assertThat(calls(type, "entries")).containsExactly("LongAdder.sum");
        assertThat(calls(type, "evictions")).containsExactly("LongAdder.sum");
        assertThat(calls(type, "bytes"))
                .containsExactlyInAnyOrder(
                        "Cache.cleanUp",
                        "Cache.policy",
                        "Policy.eviction",
                        "Optional.orElseThrow",
                        "Eviction.weightedSize",
                        "OptionalLong.orElseThrow");
    }

    private static List<String> calls(JavaClass type, String method) {
        return type.getMethod(method).getCallsFromSelf().stream()
                .map(JavaAccess::getTarget)
                .map(target -> target.getOwner().getSimpleName() + "." + target.getName())
                .toList();
    }

    @Test
    void a_read_neither_finds_nor_makes_anything_half_done() {
        CacheKey key = key("http://h/a", 1);
        Together.run(THREADS, thread -> {
            for (int i = 0; i < 5_000; i++) {
                if (thread == 0) {
                    store.remove("http://h/a");
                } else if (thread < 3) {
                    put(key, 10 + thread, FOR_EVER, 0);
                } else {
                    VariantSet variants = store.get(key.text());
                    assertThat(variants == null
                                    || variants.size() == 1 && variants.text().equals(key.text()))
                            .isTrue();
                }
            }
        });
    }

    private void put(CacheKey key, int length, long life, long now) {
        store.update(
                key,
                life,
                now,
                variants -> VariantSet.landed(variants, key, response(length, VarySelection.of(NONE, NONE))));
    }

    private int body(String text) {
        return store.get(text).select(NONE).representation().length();
    }

    private static StoredResponse response(int length, VarySelection selection) {
        return new StoredResponse(
                TargetUri.parse("http://h/").text(),
                200,
                StoredFields.kept(NONE),
                new Representation(new byte[length], NONE, new ContentCodings(1, Map.of())),
                selection,
                Validity.ofTtl(100, 0, 0),
                0,
                Instant.EPOCH,
                ConnectionInfo.PLAIN);
    }

    /** Returns the key of this URL for the user with this number; zero stands for no user. */
    private static CacheKey key(String url, int user) {
        Map<String, List<String>> fields = user == 0 ? Map.of() : Map.of("Cookie", List.of("user=" + user));
        return KEYS.key(TargetUri.parse(url), HttpHeaders.of(fields, (name, value) -> true));
    }
}
