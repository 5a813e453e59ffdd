package dev.fetchonce.internal.json;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rules that say what a JSON document is; they hold for every target type. */
final class JsonBinderRulesTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final JsonBinder BINDER = JsonBinder.create(MAPPER, false);

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static void assertAccepted(JsonBinder binder, byte[] body, String contentType) throws Exception {
        binder.check(body, contentType);
        assertThat(binder.bind(body, contentType, JsonNode.class)).isInstanceOf(JsonNode.class);
        assertThat(binder.bind(body, contentType, Object.class)).isNotNull();
    }

    /** Checks that the binder refuses the body as malformed: in a check, as a tree and as a value. */
    private static void assertRefused(JsonBinder binder, byte[] body, String contentType) {
        assertMalformed(() -> binder.check(body, contentType));
        assertMalformed(() -> binder.bind(body, contentType, JsonNode.class));
        assertMalformed(() -> binder.bind(body, contentType, Object.class));
        assertMalformed(() -> binder.bind(body, contentType, int[].class));
    }

    private static void assertMalformed(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        UndecodableException.class,
                        e -> assertThat(e.wellFormed()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                " [1] \r\n\t",
                "0",
                "-1.5e3",
                "\"\"",
                "true",
                "{\"a\":{\"a\":[{\"a\":1}]}}",
                "\uFEFF{}"
            })
    void document_isAccepted(String document) throws Exception {
        assertAccepted(BINDER, utf8(document), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\r\n\t ", "\uFEFF", "\uFEFF \n"})
    void nothingButWhiteSpace_isRefused(String document) {
        assertRefused(BINDER, utf8(document), "application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{} {}",
                "{}<html>",
                "{}}",
                "[1]]",
                "1 2",
                "\"a\"\"b\"",
                "null null",
                "{},",
                "{}\0",
                "[]\uFEFF",
                "{} x"
            })
    void somethingAfterTheDocument_isRefused(String document) {
        assertRefused(BINDER, utf8(document), "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[1,",
                "[1",
                "{\"a\"",
                "{\"a\":",
                "\"a",
                "tru",
                "{a:1}",
                "{'a':1}",
                "[1,]",
                "[01]",
                "[+1]",
                "[.5]",
                "[1.]",
                "[NaN]",
                "// c\n{}",
                "<html></html>",
                "[\"\\x\"]",
                "[\"\\ud8\"]",
                "[\"\t\"]",
                "\"\0\"",
                "[1e]",
                "nul",
                "-"
            })
    void brokenSyntax_isRefused(String document) {
        assertRefused(BINDER, utf8(document), "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "application/json",
                "text/html",
                "nonsense",
                "`  `",
                "application/json;",
                "application/json; charset=utf-8",
                "application/json;CHARSET=UTF-8",
                "application/json; charset=\"Utf-8\"",
                "application/json; charset=\"\\u\\tf-8\"",
                "application/json; charset=utf8; profile=x",
                "application/json ; charset = utf-8 ",
                "application/json; profile=\"a;charset=latin1\"",
                "application/json; profile=\"a\\\";charset=latin1\"",
                "application/json; xcharset=latin1",
                "application/json; charset=utf-8, application/json",
            })
    void noCharsetOrUtf8_isAccepted(String contentType) throws Exception {
        assertAccepted(BINDER, utf8("{\"a\":\"ü\"}"), contentType);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iso-8859-1",
                "\"latin1\"",
                "UTF-16",
                "utf-32",
                "",
                "\"\"",
                "\"",
                "us-ascii",
                "ASCII",
                "'utf-8'",
                "utf_8",
                "UTF 8",
                "none",
                "null",
                "{charset}",
                "${charset}",
                "%s",
                "Shift_JIS",
                "IBM037",
                "x-no-such-charset",
                "!",
                "utf-8; charset=utf-16",
                "utf-8, application/json; charset=latin1",
            })
    void aCharsetOfABodyThatIsUtf8_hasNoEffect(String label) throws Exception {
        for (String document : new String[] {"{}", "{\"a\":\"ü東\"}", "\uFEFF[\"ü\"]"}) {
            assertAccepted(BINDER, utf8(document), "application/json; charset=" + label);
        }
        JsonNode tree = (JsonNode) BINDER.bind(utf8("[\"ü\"]"), "application/json;charset=" + label, JsonNode.class);
        assertThat(tree.get(0).stringValue()).isEqualTo("ü");
    }

    @ParameterizedTest
    @CsvSource({
        "iso-8859-1, iso-8859-1",
        "ISO_8859-1, iso-8859-1",
        "latin1, iso-8859-1",
        "'\"latin1\"', iso-8859-1",
        "\"'iso-8859-1'\", iso-8859-1",
        "iso-8859-15, iso-8859-15",
        "windows-1252, windows-1252",
        "cp1252, windows-1252",
        "koi8-r, koi8-r",
        "windows-1251, windows-1251",
        "'none; charset=latin1', iso-8859-1",
        "'utf-8; charset=latin1', iso-8859-1",
        "'us-ascii; charset=latin1', iso-8859-1",
    })
    void aBodyThatIsNotUtf8_isReadByACharsetOfOneByteThatIsNamed(String label, String charset) throws Exception {
        String text = charset.contains("koi8") || charset.contains("1251") ? "привет" : "Grüße";
        byte[] body = ("{\"a\":\"" + text + "\"}").getBytes(Charset.forName(charset));
        String contentType = "application/json; charset=" + label;
        assertAccepted(BINDER, body, contentType);
        assertThat(((JsonNode) BINDER.bind(body, contentType, JsonNode.class))
                        .get("a")
                        .stringValue())
                .isEqualTo(text);
        assertThat(BINDER.bind(body, contentType, Object.class)).isEqualTo(Map.of("a", text));
        assertThat(BINDER.isWhole(body, contentType)).isTrue();
        assertRefused(BINDER, body, "application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "us-ascii", "Shift_JIS", "gbk", "utf-16", "{charset}", "", "x-no-such-charset"})
    void aBodyThatIsNotUtf8_isRefusedWithAnyOtherCharset(String label) {
        byte[] body = "[\"Grüße\"]".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        assertRefused(BINDER, body, "application/json; charset=" + label);
        assertThat(BINDER.isWhole(body, "application/json; charset=" + label)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1f8b0800000000000003, looks like gzip",
        "28b52ffd2000, looks like zstd",
        "789c010203, looks like zlib",
        "504b030414, looks like a zip archive",
        "feff007b, byte order mark of UTF-16",
        "fffe7b00, byte order mark of UTF-16",
        "007b007d, UTF-16 or UTF-32",
    })
    void otherBytes_areToldByWhatTheyLookLike(String hex, String told) {
        byte[] body = HexFormat.of().parseHex(hex);
        for (String contentType : new String[] {"application/json", "application/json; charset=iso-8859-1"}) {
            assertRefused(BINDER, body, contentType);
            assertThat(catchThrowable(() -> BINDER.check(body, contentType))).hasMessageContaining(told);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[1]", "1", "{\"a\":\"ü\"}", " {}", "\"東\""})
    void utf16OrUtf32_isRefused(String document) {
        for (Charset charset :
                new Charset[] {UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE")}) {
            assertRefused(BINDER, document.getBytes(charset), "");
            assertRefused(BINDER, ("\uFEFF" + document).getBytes(charset), "");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lone continuation, 80",
        "truncated, c3",
        "overlong slash, c0af",
        "overlong three bytes, e080af",
        "high surrogate, eda080",
        "low surrogate, edb080",
        "CESU-8 pair, eda080edb080",
        "beyond U+10FFFF, f4908080",
        "Latin-1, fc",
        "never a byte of UTF-8, ff",
    })
    void badUtf8_isRefused(String name, String hex) {
        HexFormat format = HexFormat.of();
        String quote = "22";
        assertRefused(BINDER, format.parseHex("5b" + quote + hex + quote + "5d"), "");
        assertRefused(BINDER, format.parseHex(quote + hex), "");
        assertRefused(BINDER, format.parseHex("7b" + quote + hex + quote + "3a317d"), "");
        byte[] far = utf8("[\"" + "ü".repeat(20_000) + "\",\"?\"]");
        far[far.length - 3] = format.parseHex(hex)[0];
        assertThat(catchThrowable(() -> BINDER.check(far, "")))
                .as(name)
                .hasMessageEndingWith("not UTF-8 at byte " + (far.length - 3));
    }

    @Test
    void aBadByte_isFoundWhereverItIs() {
        for (int length = 2; length <= 20; length++) {
            for (int at = 1; at < length - 1; at++) {
                byte[] body = utf8("\"" + "a".repeat(length - 2) + "\"");
                body[at] = (byte) 0xFF;
                assertThat(catchThrowable(() -> BINDER.check(body, "")))
                        .as("byte %s of %s", at, length)
                        .hasMessageEndingWith("not UTF-8 at byte " + at);
            }
        }
    }

    @Test
    void everyScalarValue_survives() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int c = ' '; c <= Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 97) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                text.appendCodePoint(c);
            }
        }
        byte[] body = MAPPER.writeValueAsBytes(text.toString());
        assertThat(((JsonNode) BINDER.bind(body, "", JsonNode.class)).stringValue())
                .isEqualTo(text.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1,\"a\":2}", "[{\"b\":{\"a\":1,\"c\":[],\"a\":2}}]", "{\"a\":1,\"\\u0061\":2}"})
    void duplicateKeys_areRefusedUnlessAllowed(String document) throws Exception {
        assertRefused(BINDER, utf8(document), "");
        assertThat(catchThrowable(() -> BINDER.check(utf8(document), ""))).hasMessageContaining("same name twice");
        assertAccepted(JsonBinder.create(MAPPER, true), utf8(document), "");
    }

    @Test
    void allowedDuplicates_lastWins() throws Exception {
        JsonBinder lax = JsonBinder.create(MAPPER, true);
        byte[] body = utf8("{\"a\":1,\"b\":0,\"a\":2}");
        assertThat(lax.bind(body, "", JsonNode.class)).hasToString("{\"a\":2,\"b\":0}");
        assertThat(lax.bind(body, "", Object.class)).isEqualTo(Map.of("a", 2, "b", 0));
        assertThat(lax.bind(body, "", Pair.class)).isEqualTo(new Pair(2, 0));
    }

    record Pair(int a, int b) {}

    @Test
    void parserLimits_stayOn() {
        assertRefused(BINDER, utf8("[".repeat(501) + "]".repeat(501)), "");
        assertRefused(BINDER, utf8("[" + "1".repeat(1001) + "]"), "");
        assertRefused(BINDER, utf8("[0." + "1".repeat(1001) + "]"), "");
        assertRefused(BINDER, utf8("{\"" + "x".repeat(50_001) + "\":1}"), "");
        assertThat(catchThrowable(() -> BINDER.check(utf8("[".repeat(1001)), "")))
                .hasMessageContaining("(501)")
                .hasMessageContaining("getMaxNestingDepth");
    }

    @Test
    void limitsOfTheMapper_areItsOwn() throws Exception {
        StreamReadConstraints limits = StreamReadConstraints.builder()
                .maxNestingDepth(3)
                .maxStringLength(5)
                .build();
        JsonMapper strict = JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(limits).build())
                .build();
        assertAccepted(JsonBinder.create(strict, false), utf8("[[[\"12345\"]]]"), "");
        assertRefused(JsonBinder.create(strict, false), utf8("[[[[]]]]"), "");
        assertRefused(JsonBinder.create(strict, false), utf8("[\"123456\"]"), "");
        assertRefused(JsonBinder.create(strict, false), utf8("\"" + "x".repeat(100_000) + "\""), "");
    }

    /** For any bytes the outcome is a value or an UndecodableException. The check, the tree and the value agree. */
    @Test
    void damagedDocuments_checkAndBindAgree() {
        byte[] sound = utf8("{\"a\":[1,2.5e3,-0,true,null,\"ü東\\u0041\"],\"b\":{\"c\":\"\",\"d\":[[],{}]}} ");
        Random random = new Random(42);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] body = sound.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                byte[] likely = utf8("{}[]\",:0e.- \\n\uFEFF");
                body[random.nextInt(body.length)] =
                        random.nextBoolean() ? likely[random.nextInt(likely.length)] : (byte) random.nextInt(256);
            }
            Throwable checked = catchThrowable(() -> BINDER.check(body, ""));
            Throwable tree = catchThrowable(() -> BINDER.bind(body, "", JsonNode.class));
            Throwable value = catchThrowable(() -> BINDER.bind(body, "", Object.class));
            String what = new String(body, UTF_8);
            assertThat(tree == null).as(what).isEqualTo(checked == null);
            assertThat(value == null).as(what).isEqualTo(checked == null);
            if (checked == null) {
                accepted++;
            } else {
                assertThat(checked).as(what).isInstanceOf(UndecodableException.class);
                assertThat(tree)
                        .as(what)
                        .isInstanceOf(UndecodableException.class)
                        .hasMessage(checked.getMessage());
                assertThat(value)
                        .as(what)
                        .isInstanceOf(UndecodableException.class)
                        .hasMessage(checked.getMessage());
            }
        }
        assertThat(accepted).isBetween(200, 19_000);
    }
}
