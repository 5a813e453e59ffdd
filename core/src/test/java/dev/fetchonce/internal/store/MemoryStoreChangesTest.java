package dev.fetchonce.internal.store;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.stored.Named.asked;
import static dev.fetchonce.internal.http.stored.Named.common;
import static dev.fetchonce.internal.http.stored.Named.in;
import static dev.fetchonce.internal.http.stored.Named.names;
import static dev.fetchonce.internal.http.stored.Named.plain;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.testing.Row;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The store applies a change, and says whether it can hold the result. */
class MemoryStoreChangesTest {
    private static final String URL = "http://h/";
    private static final CacheKey PLAIN = new CacheKey(URL, URL, URL, "");
    private static final CacheKey MINE = new CacheKey(URL, URL, URL + " me", "me");
    private static final HttpHeaders NONE = fields();

    /** Room for some small responses, and for no response of a kilobyte. */
    private final MemoryStore store = new MemoryStore(1_500, 0);

    @AfterEach
    void invariants_hold() {
        store.checkInvariants();
    }

    private static Change put(CacheKey key, StoredResponse response) {
        return new Change.Put(key, NONE, response, Revalidation.BY_TAG, 100);
    }

    private static Change replace(StoredResponse old, @Nullable StoredResponse by) {
        return new Change.Replace(PLAIN, old, by, 100);
    }

    private static StoredResponse heavy() {
        return plain("x".repeat(2_000));
    }

    static Stream<Row<List<Change>>> changes() {
        StoredResponse old = plain("old");
        return Stream.of(
                row("a response", List.of(put(PLAIN, old)), "it fits: old | nothing"),
                row("a response of one user", List.of(put(MINE, old)), "it fits: nothing | old"),
                row("one response of each", List.of(put(PLAIN, old), put(MINE, plain("mine"))), "it fits: old | mine"),
                row(
                        "a response in place of another",
                        List.of(put(PLAIN, old), put(PLAIN, plain("new"))),
                        "it fits: new | nothing"),
                row("a response that is too heavy", List.of(put(PLAIN, heavy())), "it does not fit: nothing | nothing"),
                row(
                        "a response that is too heavy over another",
                        List.of(put(PLAIN, old), put(PLAIN, heavy())),
                        "it does not fit: nothing | nothing"),
                row(
                        "a replacement that is too heavy",
                        List.of(put(PLAIN, old), replace(old, heavy())),
                        "it does not fit: nothing | nothing"),
                row(
                        "a heavy replacement of a response that is gone",
                        List.of(put(PLAIN, plain("new")), replace(old, heavy())),
                        "it fits: new | nothing"),
                row("a replacement", List.of(put(PLAIN, old), replace(old, plain("new"))), "it fits: new | nothing"),
                row("a removal", List.of(put(PLAIN, old), replace(old, null)), "it fits: nothing | nothing"),
                row("a drop of nothing", List.of(new Change.Drop(PLAIN, NONE)), "it fits: nothing | nothing"),
                row(
                        "a drop of the response of one user",
                        List.of(put(PLAIN, old), put(MINE, plain("mine")), new Change.Drop(MINE, NONE)),
                        "it fits: old | nothing"),
                row(
                        "a drop of one of two variants",
                        List.of(
                                put(PLAIN, in("de", "german")),
                                put(PLAIN, in("fr", "french")),
                                new Change.Drop(PLAIN, asked("de"))),
                        "it fits: french | nothing"),
                row(
                        "a drop for all of a response for a few",
                        List.of(put(PLAIN, old), new Change.DropForAll(PLAIN, NONE)),
                        "it fits: old | nothing"),
                row(
                        "a drop for all of a response for all",
                        List.of(put(PLAIN, common("old")), new Change.DropForAll(PLAIN, NONE)),
                        "it fits: nothing | nothing"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void after_these_changes_the_plain_key_and_the_key_of_the_user_hold(Row<List<Change>> row) {
        boolean fits = true;
        for (Change change : row.given()) {
            fits = store.apply(change, 0);
        }
        assertThat((fits ? "it fits: " : "it does not fit: ") + names(store.get(PLAIN.text())) + " | "
                        + names(store.get(MINE.text())))
                .isEqualTo(row.outcome());
    }

    @Test
    void a_response_past_its_use_is_gone_at_the_next_change() {
        store.apply(put(PLAIN, plain("old")), 0);
        store.apply(new Change.Drop(MINE, NONE), 99);
        assertThat(names(store.get(URL))).isEqualTo("old");
        store.apply(new Change.Drop(MINE, NONE), 100);
        assertThat(names(store.get(URL))).isEqualTo("nothing");
    }

    @Test
    void a_response_of_one_user_is_found_by_its_url() {
        store.apply(put(MINE, plain("mine")), 0);
        assertThat(store.remove(URL)).isTrue();
        assertThat(store.remove(URL)).isFalse();
        store.apply(put(MINE, plain("mine")), 0);
        store.apply(new Change.Drop(MINE, NONE), 0);
        assertThat(store.remove(URL)).isFalse();
    }

    @Test
    void equal_parts_of_two_responses_are_kept_once() {
        store.apply(put(PLAIN, in("de", "one")), 0);
        store.apply(put(MINE, in("de", "two")), 0);
        StoredResponse one = store.get(PLAIN.text()).select(asked("de"));
        StoredResponse two = store.get(MINE.text()).select(asked("de"));
        assertThat(one.selection()).isSameAs(two.selection());
        assertThat(one.terms()).isSameAs(two.terms());
    }
}
