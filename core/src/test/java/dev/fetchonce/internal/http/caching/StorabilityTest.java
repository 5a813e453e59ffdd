package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.stored.Validity;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decision whether a response is stored (RFC 9111 §3, §3.5, and the rules of §5.2 for storing). */
class StorabilityTest {
    private static final HttpCachingOptions PRIVATE =
            new HttpCachingOptions(false, 0.1, 1, List.of("CDN-Cache-Control"));
    private static final HttpCachingOptions SHARED = new HttpCachingOptions(true, 0.1, 1, List.of());
    private static final FreshnessLifetime EXPLICIT = new FreshnessLifetime.Explicit(0);
    private static final FreshnessLifetime UNKNOWN = new FreshnessLifetime.Unknown();

    @Nested
    @DisplayName("RFC 9111 §3 storing responses in caches")
    class Section_3 {
        @ParameterizedTest
        @CsvSource({
            "GET, PARTITION",
            "HEAD, METHOD",
            "POST, METHOD",
            "QUERY, METHOD",
            "get, METHOD",
            "PURGE, METHOD",
            "'', METHOD"
        })
        void only_the_answer_to_a_get_is_stored(String method, String result) {
            assertThat(result(PRIVATE, asked(method, ""), 200, EXPLICIT, "")).isEqualTo(result);
        }

        @ParameterizedTest
        @ValueSource(ints = {100, 103, 199, 206, 304, 600, 999, 0, -1})
        void a_status_that_is_not_final_or_whole_is_not_stored(int status) {
            assertThat(result(PRIVATE, asked(), status, EXPLICIT, "public")).isEqualTo("STATUS");
        }

        @ParameterizedTest
        @ValueSource(ints = {428, 429, 431, 511})
        void a_status_that_rfc_6585_keeps_out_of_caches_is_not_stored(int status) {
            assertThat(result(PRIVATE, asked(), status, EXPLICIT, "public")).isEqualTo("STATUS");
            assertThat(result(SHARED, asked(), status, EXPLICIT, "public")).isEqualTo("STATUS");
        }

        @ParameterizedTest
        @ValueSource(ints = {200, 201, 202, 203, 204, 226, 299, 302, 303, 307, 400, 403, 404, 410, 418, 500, 503, 599})
        void any_other_is_when_its_lifetime_is_explicit(int status) {
            assertThat(result(PRIVATE, asked(), status, EXPLICIT, "")).isEqualTo("PARTITION");
            assertThat(result(SHARED, asked(), status, EXPLICIT, "")).isEqualTo("PARTITION");
        }

        @ParameterizedTest
        @CsvSource({
            // status, shared, directives, result
            "200, false, '',                PARTITION",
            "203, true,  '',                PARTITION",
            "204, true,  '',                PARTITION",
            "301, true,  '',                PARTITION",
            "308, true,  '',                PARTITION",
            "404, true,  '',                PARTITION",
            "410, true,  '',                PARTITION",
            "501, true,  '',                PARTITION",
            "200, true,  no-cache,          PARTITION",
            "201, false, '',                NO_REASON",
            "302, false, '',                NO_REASON",
            "302, false, no-cache,          NO_REASON",
            "302, false, must-revalidate,   NO_REASON",
            "302, false, public,            COMMON",
            "302, true,  public,            COMMON",
            "302, false, private,           PARTITION",
            "302, false, private=x,         PARTITION",
            "302, true,  private=x,         NO_REASON",
            "503, false, '',                NO_REASON",
        })
        void without_an_explicit_lifetime_the_status_or_a_directive_is_the_reason(
                int status, boolean shared, String says, String result) {
            assertThat(result(shared ? SHARED : PRIVATE, asked(), status, UNKNOWN, says))
                    .isEqualTo(result);
        }

        @ParameterizedTest
        @ValueSource(strings = {"*", "X-A, *"})
        void a_response_that_no_request_would_ever_find_is_not_stored(String vary) {
            Storability result = Storability.of(
                    PRIVATE,
                    asked(),
                    new Storability.ResponseProperties(200, fields("Vary", vary), says("public"), EXPLICIT));
            assertThat(text(result)).isEqualTo("VARY");
        }

        @Test
        void a_part_is_not_stored_whatever_its_status() {
            Storability result = Storability.of(
                    PRIVATE,
                    asked(),
                    new Storability.ResponseProperties(
                            200, fields("Content-Range", "bytes 0-1/2"), says(""), EXPLICIT));
            assertThat(text(result)).isEqualTo("STATUS");
        }
    }

    @Nested
    @DisplayName("RFC 9111 §3.5 storing responses to authenticated requests")
    class Section_3_5 {
        @ParameterizedTest
        @CsvSource({
            // directives, shared and authorized, shared, private and authorized
            "'',                         AUTHORIZATION, PARTITION, PARTITION",
            "proxy-revalidate,           AUTHORIZATION, PARTITION, PARTITION",
            "no-cache,                   AUTHORIZATION, PARTITION, PARTITION",
            "immutable,                  AUTHORIZATION, PARTITION, PARTITION",
            "private,                    PRIVATE,       PRIVATE,   PARTITION",
            "must-revalidate,            COMMON,        COMMON,    PARTITION",
            "s-maxage,                   COMMON,        COMMON,    PARTITION",
            "public,                     COMMON,        COMMON,    COMMON",
            "public must-revalidate,     COMMON,        COMMON,    COMMON",
            "public no-cache,            COMMON,        COMMON,    COMMON",
            "public private,             PRIVATE,       PRIVATE,   PARTITION",
            "public no-store,            NO_STORE,      NO_STORE,  NO_STORE",
        })
        void the_use_for_callers_with_other_credentials_follows_the_directives(
                String says, String sharedAuthorized, String shared, String own) {
            assertThat(result(SHARED, asked("GET", "authorized"), 200, EXPLICIT, says))
                    .isEqualTo(sharedAuthorized);
            assertThat(result(SHARED, asked(), 200, EXPLICIT, says)).isEqualTo(shared);
            assertThat(result(PRIVATE, asked("GET", "authorized"), 200, EXPLICIT, says))
                    .isEqualTo(own);
            assertThat(result(PRIVATE, asked(), 200, EXPLICIT, says)).isEqualTo(own);
        }
    }

    @Nested
    @DisplayName("Cookies, for which RFC 9111 has no rule")
    class Cookies {
        @ParameterizedTest
        @CsvSource({
            // directives, in a shared cache, in a private one
            "public,                COMMON,    COMMON",
            "s-maxage,              COMMON,    PARTITION",
            "must-revalidate,       PARTITION, PARTITION",
            "'',                    PARTITION, PARTITION",
        })
        void they_tell_users_apart_where_nothing_says_that_all_get_the_same(String says, String shared, String own) {
            assertThat(result(SHARED, asked("GET", "cookies"), 200, EXPLICIT, says))
                    .isEqualTo(shared);
            assertThat(result(PRIVATE, asked("GET", "cookies"), 200, EXPLICIT, says))
                    .isEqualTo(own);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.1.5 no-store in the request")
    class Section_5_2_1_5 {
        @ParameterizedTest
        @ValueSource(strings = {"", "public", "must-understand"})
        void nothing_of_its_answer_is_stored(String says) {
            assertThat(result(PRIVATE, asked("GET", "no-store"), 200, EXPLICIT, says))
                    .isEqualTo("REQUEST_NO_STORE");
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.2.3 must-understand")
    class Section_5_2_2_3 {
        @ParameterizedTest
        @CsvSource({
            // status, directives, result
            "200, no-store,                         NO_STORE",
            "200, no-store must-understand,         PARTITION",
            "404, no-store must-understand,         PARTITION",
            "200, must-understand,                  PARTITION",
            "200, must-understand no-store public,  COMMON",
            "299, must-understand,                  NOT_UNDERSTOOD",
            "299, no-store must-understand,         NOT_UNDERSTOOD",
            "299, public must-understand,           NOT_UNDERSTOOD",
            "299, no-store,                         NO_STORE",
        })
        void it_beats_no_store_where_the_status_is_understood(int status, String says, String result) {
            assertThat(result(PRIVATE, asked(), status, EXPLICIT, says)).isEqualTo(result);
        }

        @Test
        void it_does_not_beat_private() {
            assertThat(result(SHARED, asked(), 200, EXPLICIT, "no-store must-understand private"))
                    .isEqualTo("PRIVATE");
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.2.4 no-cache and §5.2.2.7 private, with field names")
    class Section_5_2_2_4 {
        @ParameterizedTest
        @CsvSource({
            // directives, fields left out in a shared cache, in a private one
            "no-cache=set-cookie,                       PARTITION without set-cookie,   PARTITION without set-cookie",
            "private=set-cookie,                        PARTITION without set-cookie,   PARTITION",
            "private=a|b no-cache=b|c,                  PARTITION without a b c,        PARTITION without b c",
            "private=set-cookie public,                 COMMON without set-cookie,     COMMON without set-cookie",
            "no-cache private=a,                        PARTITION without a,            PARTITION",
        })
        void the_named_fields_are_not_stored(String says, String shared, String own) {
            assertThat(result(SHARED, asked(), 200, EXPLICIT, says)).isEqualTo(shared);
            assertThat(result(PRIVATE, asked(), 200, EXPLICIT, says)).isEqualTo(own);
        }

        @ParameterizedTest
        @ValueSource(strings = {"content-encoding", "vary", "cache-control", "cdn-cache-control"})
        void nothing_is_stored_where_the_rest_would_be_misread_without_them(String name) {
            assertThat(result(PRIVATE, asked(), 200, EXPLICIT, "no-cache=x|" + name))
                    .isEqualTo("FIELDS");
            assertThat(result(PRIVATE, asked(), 200, EXPLICIT, "private=" + name))
                    .as("it is stored for the caller of the request")
                    .isEqualTo("PARTITION");
            assertThat(result(PRIVATE, asked(), 200, EXPLICIT, "public private=" + name))
                    .isEqualTo("FIELDS");
        }
    }

    @Test
    void the_names_left_out_do_not_change() {
        Set<String> names = new TreeSet<>(Set.of("a"));
        Storability.Stored stored = new Storability.Stored(Validity.Placement.COMMON, names);
        names.add("b");
        assertThat(stored.without()).containsExactly("a");
    }

    private static Storability.RequestProperties asked() {
        return asked("GET", "");
    }

    private static Storability.RequestProperties asked(String method, String words) {
        RequestDirectives directives =
                RequestDirectives.of(words.contains("no-store") ? fields("Cache-Control", "no-store") : fields());
        return new Storability.RequestProperties(
                method, directives, words.contains("authorized"), words.contains("cookies"));
    }

    private static String result(
            HttpCachingOptions options,
            Storability.RequestProperties request,
            int status,
            FreshnessLifetime lifetime,
            String says) {
        return text(Storability.of(
                options, request, new Storability.ResponseProperties(status, fields(), says(says), lifetime)));
    }

    private static String text(Storability result) {
        return switch (result) {
            case Storability.Refused refused -> refused.why().name();
            case Storability.Stored stored ->
                stored.place()
                        + (stored.without().isEmpty()
                                ? ""
                                : stored.without().stream().sorted().collect(Collectors.joining(" ", " without ", "")));
        };
    }

    /** Returns directives from their names; {@code private=a|b} names fields. */
    private static ResponseDirectives says(String words) {
        String field = Arrays.stream(words.split(" "))
                .map(word -> word.equals("s-maxage") ? "s-maxage=1" : word)
                .map(word -> word.startsWith("private=") || word.startsWith("no-cache=")
                        ? word.replace("=", "=\"").replace("|", ", ") + '"'
                        : word)
                .collect(Collectors.joining(", "));
        return ResponseDirectives.of(fields("Cache-Control", field), List.of());
    }
}
