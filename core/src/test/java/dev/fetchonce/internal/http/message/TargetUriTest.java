package dev.fetchonce.internal.http.message;

import static dev.fetchonce.internal.http.message.Fields.oneOf;
import static dev.fetchonce.internal.http.message.Fields.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The normal form of a target (RFC 3986 §6.2.2 and §6.2.3, RFC 9110 §4.2.3). */
class TargetUriTest {
    private static final int ROUNDS = 5_000;

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "http://example.org/a,                     http://example.org/a",
                "HTTP://EXAMPLE.org/A,                     http://example.org/A",
                "hTTps://Example.ORG,                      https://example.org/",
                "http://example.org:80/,                   http://example.org/",
                "http://example.org:00080/,                http://example.org/",
                "https://example.org:443/,                 https://example.org/",
                "http://example.org:443/,                  http://example.org:443/",
                "https://example.org:80/,                  https://example.org:80/",
                "http://example.org:8080,                  http://example.org:8080/",
                "http://example.org:1/,                    http://example.org:1/",
                "http://example.org:65535/,                http://example.org:65535/",
                "http://example.org:/,                     http://example.org/",
                "http://example.org:,                      http://example.org/",
                "https://example.org:?q,                   https://example.org/?q",
                "http://example.org,                       http://example.org/",
                "http://example.org?q=1,                   http://example.org/?q=1",
                "http://example.org#f,                     http://example.org/",
                "http://example.org/a#f?g,                 http://example.org/a",
                "http://example.org/a?,                    http://example.org/a?",
                "http://example.org/a?#f,                  http://example.org/a?",
                "http://example.org/a??b=/../c,            http://example.org/a??b=/../c",
                "http://example.org/a?b=http://u@H/,       http://example.org/a?b=http://u@H/",
                "http://example.org/%7Ea,                  http://example.org/%7Ea",
                "http://example.org/%7ea,                  http://example.org/%7ea",
                "http://example.org/~a,                    http://example.org/~a",
                "http://example.org/%2e%2E/a,              http://example.org/%2e%2E/a",
                "http://example.org/a%2Fb,                 http://example.org/a%2Fb",
                "http://example.org/;a=b;c/@:!$&'()*+=,    http://example.org/;a=b;c/@:!$&'()*+=",
                "http://127.0.0.1:8080/a,                  http://127.0.0.1:8080/a",
                "http://[::1]/,                            http://[::1]/",
                "http://[::1]:80/,                         http://[::1]/",
                "http://[::1]:8080/,                       http://[::1]:8080/",
                "http://[2001:DB8::A]/a,                   http://[2001:db8::a]/a",
                "http://[::FFFF:1.2.3.4]/,                 http://[::ffff:1.2.3.4]/",
                "http://localhost/,                        http://localhost/",
                "http://example.org./,                     http://example.org./",
                "http://xn--bcher-kva.example/,            http://xn--bcher-kva.example/",
            })
    void equivalent_spellings_have_one_normal_form(String given, String normal) {
        assertNormal(given, normal);
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 3986 §5.2.4, both examples
        "/a/b/c/./../../g, /a/g",
        "/mid/content=5/../6, /mid/6",
        // RFC 3986 §5.4, the references merged with the base /b/c/d;p
        "/b/c/g, /b/c/g",
        "/b/c/./g, /b/c/g",
        "/b/c/g/, /b/c/g/",
        "/b/c/;x, /b/c/;x",
        "/b/c/., /b/c/",
        "/b/c/./, /b/c/",
        "/b/c/.., /b/",
        "/b/c/../, /b/",
        "/b/c/../g, /b/g",
        "/b/c/../.., /",
        "/b/c/../../, /",
        "/b/c/../../g, /g",
        "/b/c/../../../g, /g",
        "/b/c/../../../../g, /g",
        "/./g, /g",
        "/../g, /g",
        "/b/c/g., /b/c/g.",
        "/b/c/.g, /b/c/.g",
        "/b/c/g.., /b/c/g..",
        "/b/c/..g, /b/c/..g",
        "/b/c/./../g, /b/g",
        "/b/c/./g/., /b/c/g/",
        "/b/c/g/./h, /b/c/g/h",
        "/b/c/g/../h, /b/c/h",
        "/b/c/g;x=1/./y, /b/c/g;x=1/y",
        "/b/c/g;x=1/../y, /b/c/y",
        // empty segments are segments
        "//, //",
        "//a//b//, //a//b//",
        "/a//../b, /a/b",
        "/a/..//b, //b",
        "//../a, /a",
        "/a//.., /a/",
        "/.//a, //a",
        "/..//.., /",
        "/., /",
        "/.., /",
        "/..., /...",
        "/.../a, /.../a",
        "/.a/..b, /.a/..b",
    })
    void dot_segments_are_removed_and_empty_ones_kept(String path, String normal) {
        assertNormal("http://h" + path, "http://h" + normal);
        assertNormal("http://h" + path + "?/../q", "http://h" + normal + "?/../q");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/b\u00fccher, http://h/b%C3%BCcher",
        "http://h/a?q=\u20ac, http://h/a?q=%E2%82%AC",
        "http://h/\ud83d\ude80/%F0, http://h/%F0%9F%9A%80/%F0",
        // percent-encoded without composition: these are four URLs
        "http://h/e\u0301, http://h/e%CC%81",
        "http://h/\u00e9, http://h/%C3%A9",
        "http://h/?a=\u0338b, http://h/?a=%CC%B8b",
        "http://h/?a\u2260b, http://h/?a%E2%89%A0b",
        // composition would make these ASCII: a letter, a delimiter, a character that no URL may contain
        "http://h/\u212a, http://h/%E2%84%AA",
        "http://h/\u037ex, http://h/%CD%BEx",
        "http://h/\u1fef?token=secret, http://h/%E1%BF%AF?token=secret",
    })
    void other_than_ascii_is_percent_encoded_as_it_is(String given, String normal) {
        assertNormal(given, normal);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP://Example.org:80/a/../b?c=secret#d, http://example.org/b",
        "https://example.org:8443, https://example.org:8443/",
        "https://example.org?secret, https://example.org/",
        "http://[::1]:81/a;p=1, http://[::1]:81/a;p=1"
    })
    void a_name_is_host_and_path_without_the_query(String given, String name) {
        assertThat(TargetUri.parse(given).name()).isEqualTo(name);
    }

    @Test
    void a_name_ends_within_a_long_path() {
        String path = "/" + "p".repeat(199);
        assertThat(TargetUri.parse("http://h" + path + "?q").name()).isEqualTo("http://h" + path);
        assertThat(TargetUri.parse("http://h" + path + "x?q").name()).isEqualTo("http://h" + path + "...");
        assertThat(TargetUri.parse("http://h" + path + "x".repeat(9_000)).name())
                .isEqualTo("http://h" + path + "...");
    }

    @Test
    void the_name_of_a_url_without_a_query_is_its_own_text() {
        TargetUri target = TargetUri.parse("http://h/a");
        assertThat(target.name()).isSameAs(target.text());
    }

    @ParameterizedTest
    @CsvSource({
        "http://me:secret@H:80/a/../b?secret, http://H:80/a/../b",
        "http://h?secret, http://h",
        "mailto:secret, mailto://null"
    })
    void a_name_of_any_uri_has_no_secrets(URI given, String name) {
        assertThat(TargetUri.name(given)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP://Example.org:80/a?b#c, http://example.org",
        "https://Example.org:8443/a, https://example.org:8443",
        "http://[::1]:81, http://[::1]:81"
    })
    void origin_is_all_that_may_be_named(String given, String origin) {
        assertThat(TargetUri.parse(given).origin()).isEqualTo(origin);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "ftp://h/?secret                     # 'ftp' is not supported",
                "ws://h/                             # 'ws' is not supported",
                "file:///etc/passwd                  # 'file' is not supported",
                "mailto:secret@h                     # 'mailto' is not supported",
                "jar:http://h/?secret                # 'jar' is not supported",
                "/a?secret                           # has no scheme",
                "//h/a?secret                        # has no scheme",
                "h                                   # has no scheme",
                "127.0.0.1:8080/x                    # has no scheme",
                "127.0.0.1/x                         # has no scheme",
                "127.0.0.1                           # has no scheme",
                "localhost:8080                      # has no scheme",
                "localhost:8080/x?secret             # has no scheme",
                "h-1.example.org:443/a               # has no scheme",
                "h_1:80/a                            # has no scheme",
                "[::1]:8080/x                        # has no scheme",
                "?secret                             # has no scheme",
                "''                                  # has no scheme",
                "http:h/a?secret                     # has no host",
                "http:/a?secret                      # has no host",
                "https:///a?secret                   # has no host",
                "http://?secret                      # has no host",
                "http://secret@h/                    # user-info",
                "http://secret:secret@h/             # user-info",
                "https://@h/                         # user-info",
                "https://:@h/                        # user-info",
                "http://secret@under_score/          # user-info",
                "http://secret:secret@1.2.3.4.5.6/   # user-info",
                "http://secret@/                     # user-info",
                "http://secret@h:99999999999/        # user-info",
                "http://secret@[::g]/                # not a valid URL",
                "http://a:secret@[/                  # not a valid URL",
                "http://under_score/?secret          # 'under_score' is not a valid host name",
                "http://under_score:80/?secret       # is not a valid host name",
                "http://-a/?secret                   # is not a valid host name",
                "http://a..b/?secret                 # is not a valid host name",
                "http://h%41/?secret                 # is not a valid host name",
                "http://b\u00fccher.example/?secret  # xn--",
                "http://:80/?secret                  # is not a valid host name",
                "http://h:-1/?secret                 # is not a valid host name",
                "http://h:0/?secret                  # port 0 is out of range",
                "http://h:70000/?secret              # port 70000 is out of range",
                "http://h:65536/?secret              # port 65536 is out of range",
                "http://h:2147483647/?secret         # port 2147483647 is out of range",
                "http://h/a b?secret                 # not a valid URL",
                "http://h/a?secret= b                # not a valid URL",
                "http://h/<a>?secret                 # not a valid URL",
                "http://h/a?secret|b                 # not a valid URL",
                "http://h/%zz?secret                 # not a valid URL",
                "http://h/a?secret%                  # not a valid URL",
                "http://h/\u00a0?secret              # not a valid URL",
                "http://h/\u2028?secret              # not a valid URL",
                "http://h/\u0085?secret              # not a valid URL",
            })
    void other_urls_are_refused_without_quoting_secrets(String given, String why) {
        assertThatThrownBy(() -> TargetUri.parse(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\0", "\t", "\n", "\r\nHost: x", "\u001b", "\u007f", " ", "\ud83d", "\ude80", "\ude80\ud83d"})
    void no_url_has_control_characters_blanks_or_half_a_character(String bad) {
        for (String given : new String[] {
            "http://h/" + bad + "?secret",
            "http://h/?secret" + bad + "x",
            "http://h" + bad + "/#secret",
            bad + "http://h/"
        }) {
            assertThatThrownBy(() -> TargetUri.parse(given))
                    .as("%s", given)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void a_fragment_may_hold_anything_and_is_neither_kept_nor_quoted() {
        assertNormal("http://h/a#secret?/../x", "http://h/a");
        assertThatThrownBy(() -> TargetUri.parse("http://under_score/a#secret")).hasMessageNotContaining("secret");
    }

    @Test
    void a_message_says_where_a_character_is_wrong() {
        assertThatThrownBy(() -> TargetUri.parse("http://h/a b"))
                .hasMessageContaining("index 10 of 12 characters")
                .hasMessageContaining("percent-encoded");
    }

    @Test
    void a_uri_and_its_text_have_the_same_target() throws Exception {
        for (String given : new String[] {"HTTP://H:80/../a?b#c", "http://h/b\u00fccher", "http://[::A]"}) {
            assertThat(TargetUri.of(new URI(given))).isEqualTo(TargetUri.parse(given));
        }
    }

    @Test
    void normalising_again_changes_nothing_for_random_urls() {
        Random random = random("normalising_again");
        for (int i = 0; i < ROUNDS; i++) {
            String given = randomUrl(random);
            TargetUri once = TargetUri.parse(given);
            TargetUri twice = TargetUri.parse(once.text());
            assertThat(twice).as(given).isEqualTo(once);
            assertThat(once.uri().toString()).as(given).isEqualTo(once.text());
            assertThat(once.text())
                    .as(given)
                    .matches("[!-~]+")
                    .startsWith(once.origin() + "/")
                    .doesNotContain("#");
            assertThat("/" + once.uri().getRawPath() + "/").as(given).doesNotContain("/./", "/../");
        }
    }

    @Test
    void a_random_path_is_reduced_as_rfc_3986_writes_it() {
        Random random = random("a_random_path");
        for (int i = 0; i < ROUNDS; i++) {
            StringBuilder path = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                path.append('/').append(oneOf(random, "", ".", "..", "a", "b.", "...", "%2e"));
            }
            assertThat(TargetUri.parse("http://h" + path).uri().getRawPath())
                    .as("%s", path)
                    .isEqualTo(removeDotSegments(path.toString()));
        }
    }

    @Test
    void a_random_string_is_a_target_or_refused_and_nothing_else() {
        Random random = random("a_random_string");
        for (int i = 0; i < ROUNDS; i++) {
            StringBuilder given = new StringBuilder(oneOf(random, "", "http:", "http://", "https://h", "http://u@"));
            for (int n = random.nextInt(12); n > 0; n--) {
                given.append(randomCharacter(random));
            }
            given.append(oneOf(random, "", "/", "?", "#")).append("?secret");
            Throwable thrown = catchThrowable(() -> TargetUri.parse(given.toString()));
            if (thrown != null) {
                assertThat(thrown)
                        .as("%s", given)
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessageNotContaining("secret");
            }
        }
    }

    private static void assertNormal(String given, String normal) {
        TargetUri target = TargetUri.parse(given);
        assertThat(target.text()).as("RFC 9110 §4.2.3: %s", given).isEqualTo(normal);
        assertThat(target.uri()).hasToString(normal);
    }

    private static String randomUrl(Random random) {
        StringBuilder url = new StringBuilder(oneOf(random, "http://", "HTTPS://", "hTtp://"));
        url.append(oneOf(random, "h", "Example.ORG", "127.0.0.1", "[::AB]", "a-b.c."));
        url.append(oneOf(random, "", ":", ":80", ":443", ":8080", ":0443"));
        for (int n = random.nextInt(5); n > 0; n--) {
            url.append('/')
                    .append(oneOf(random, "", ".", "..", "a", "\u00fc", "e\u0301", "%7E", "a;b=c", "\ud83d\ude80"));
        }
        return url.append(oneOf(random, "", "?", "?a=\u0338", "?\u1fef/../", "?q=%20"))
                .append(oneOf(random, "", "#", "#f/../\u00fc"))
                .toString();
    }

    private static String randomCharacter(Random random) {
        int c = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x20, 0x7f);
            case 1 -> random.nextInt(0, 0x100);
            case 2 -> random.nextInt(0, 0x10000);
            default -> ":/?#[]@%.".charAt(random.nextInt(9));
        };
        return String.valueOf((char) c);
    }

    /** Implements RFC 3986 §5.2.4 literally, for a path that begins with a slash. */
    private static String removeDotSegments(String path) {
        StringBuilder input = new StringBuilder(path);
        StringBuilder output = new StringBuilder();
        while (!input.isEmpty()) {
            String in = input.toString();
            if (in.startsWith("/./")) { // 2B
                input.replace(0, 3, "/");
            } else if (in.equals("/.")) {
                input.replace(0, 2, "/");
            } else if (in.startsWith("/../") || in.equals("/..")) { // 2C
                input.replace(0, in.equals("/..") ? 3 : 4, "/");
                output.setLength(Math.max(0, output.lastIndexOf("/")));
            } else { // 2E
                int next = in.indexOf('/', 1);
                int end = next < 0 ? in.length() : next;
                output.append(in, 0, end);
                input.delete(0, end);
            }
        }
        return output.toString();
    }
}
