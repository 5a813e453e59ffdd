package dev.fetchonce.internal.http.coding;

import static dev.fetchonce.internal.http.message.Fields.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.coding.ContentCodings.Coding;
import dev.fetchonce.internal.http.coding.ContentCodings.CodingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The content codings that a cache can undo (RFC 9110 §8.4, RFC 1950 to 1952). */
class ContentCodingsTest {
    private static final byte[] TEXT =
            "{\"text\": \"what was said\"}".repeat(50).getBytes(UTF_8);
    private static final int LIMIT = 10_000;
    private static final ContentCodings CODINGS = new ContentCodings(LIMIT, Map.of());

    @Nested
    class Layers {
        @ParameterizedTest
        @CsvSource({"gzip", "GZip", "x-gzip", "X-GZIP"})
        void gzip_has_two_names_in_any_case(String name) throws CodingException {
            assertThat(decode(gzip(TEXT), List.of(name))).isEqualTo(TEXT);
        }

        @Test
        void a_body_without_a_coding_is_the_very_array() throws CodingException {
            assertThat(decode(TEXT, List.of())).isSameAs(TEXT);
            assertThat(decode(TEXT, List.of("", " , "))).isSameAs(TEXT);
            assertThat(decode(TEXT, List.of("identity, Identity", "IDENTITY", "identity")))
                    .isSameAs(TEXT);
        }

        @Test
        void codings_are_undone_last_to_first_over_all_lines() throws CodingException {
            byte[] both = gzip(zlib(TEXT));
            assertThat(decode(both, List.of("deflate, gzip"))).isEqualTo(TEXT);
            assertThat(decode(both, List.of("deflate", "identity", "gzip"))).isEqualTo(TEXT);
            assertThat(failure(CODINGS, both, "gzip, deflate").tooLarge()).isFalse();
        }

        @Test
        void three_layers_are_undone_and_four_are_refused() throws CodingException {
            byte[] three = gzip(gzip(gzip(TEXT)));
            assertThat(decode(three, List.of("gzip, gzip", "gzip"))).isEqualTo(TEXT);
            CodingException failure = failure(CODINGS, gzip(three), "gzip, gzip, gzip, gzip");
            assertThat(failure.tooLarge()).isFalse();
            assertThat(failure).hasMessage("its content has 4 codings, and the cache undoes at most 3");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "br",
                    "BR",
                    "zstd",
                    "compress",
                    "x-compress",
                    "dcb",
                    "dcz",
                    "exi",
                    "pack200-gzip",
                    "aes128gcm",
                    "zstd;secret",
                    "gzip, zstd",
                    "secret, br",
                    ", br ,"
                })
        void a_coding_that_is_registered_and_not_understood_is_refused_without_quoting_it(String name) {
            CodingException failure = failure(CODINGS, gzip(TEXT), name);
            assertThat(failure.tooLarge()).isFalse();
            assertThat(failure)
                    .hasMessage("its content coding is unknown; the known codings are deflate, gzip, x-gzip");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UTF-8",
                    "none",
                    "aws-chunked",
                    "AWS-Chunked, identity",
                    "application/json",
                    "*",
                    "binary,,",
                    "gzip secret",
                    "\"gzip\"",
                    "8bit, utf8, none, null",
                    ";q=1"
                })
        void a_name_that_is_no_registered_coding_says_nothing(String name) throws CodingException {
            assertThat(CODINGS.of(List.of(name)).names().isEmpty()).isTrue();
            assertThat(decode(TEXT, List.of(name))).isEqualTo(TEXT);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "aws-chunked,gzip",
                    "gzip, aws-chunked",
                    "GZIP, None",
                    "utf-8,, gzip ,identity",
                    "gzip;q=1",
                    "x-gzip ; level=9, UTF-8"
                })
        void such_a_name_does_not_hide_a_coding_beside_it(String names) throws CodingException {
            assertThat(decode(gzip(TEXT), List.of(names))).isEqualTo(TEXT);
            assertThat(decode(gzip(TEXT), List.of(names.split(",")))).isEqualTo(TEXT);
        }

        @Test
        void the_coded_array_is_not_changed() throws CodingException {
            byte[] coded = gzip(TEXT);
            byte[] copy = coded.clone();
            decode(coded, List.of("gzip"));
            assertThat(coded).isEqualTo(copy);
        }

        @ParameterizedTest
        @CsvSource({"gzip, true", "x-gzip, true", "deflate, true", "identity, true", "br, false", "compress, false"})
        void some_are_built_in(String name, boolean expected) {
            assertThat(ContentCodings.builtIn(name)).isEqualTo(expected);
        }
    }

    @Nested
    class Limits {
        @ParameterizedTest
        @ValueSource(strings = {"gzip", "deflate", "raw"})
        void a_body_that_fills_the_limit_is_decoded_and_a_byte_more_is_too_large(String format) throws CodingException {
            assertThat(decode(coded(format, new byte[LIMIT]), field(format))).isEqualTo(new byte[LIMIT]);
            CodingException failure = failure(
                    CODINGS, coded(format, new byte[LIMIT + 1]), field(format).getFirst());
            assertThat(failure.tooLarge()).isTrue();
            assertThat(failure).hasMessage("it decodes from " + field(format).getFirst() + " to more than 10000 bytes");
        }

        @Test
        void a_bomb_is_too_large() {
            byte[] bomb = gzip(new byte[50_000_000]);
            assertThat(bomb).hasSizeLessThan(50_000);
            assertThat(failure(CODINGS, bomb, "gzip").tooLarge()).isTrue();
        }

        @Test
        void a_bomb_in_a_bomb_is_too_large_at_its_first_layer_that_is() {
            byte[] bomb = gzip(gzip(new byte[50_000_000]));
            assertThat(bomb).hasSizeLessThan(LIMIT);
            assertThat(failure(CODINGS, bomb, "gzip, gzip").tooLarge()).isTrue();
        }

        @Test
        void the_limit_is_for_all_members_of_a_body_together() throws CodingException {
            byte[] half = gzip(new byte[LIMIT / 2]);
            assertThat(decode(joined(half, half), List.of("gzip"))).hasSize(LIMIT);
            assertThat(failure(CODINGS, joined(half, half, gzip(new byte[1])), "gzip")
                            .tooLarge())
                    .isTrue();
        }

        @Test
        void a_limit_of_zero_lets_nothing_through() throws CodingException {
            ContentCodings none = new ContentCodings(0, Map.of("copy", in -> in));
            for (String name : List.of("gzip", "copy")) {
                byte[] one = name.equals("gzip") ? gzip(new byte[1]) : new byte[1];
                byte[] empty = name.equals("gzip") ? gzip(new byte[0]) : new byte[0];
                assertThat(none.decode(empty, List.of(name))).isEmpty();
                assertThat(failure(none, one, name).tooLarge()).isTrue();
            }
        }
    }

    @Nested
    class Gzip {
        @Test
        void nothing_at_all_can_be_coded() throws CodingException {
            assertThat(decode(gzip(new byte[0]), List.of("gzip"))).isEmpty();
        }

        @Test
        void members_one_after_the_other_are_one_content() throws CodingException {
            byte[] coded = joined(gzip("one ".getBytes(UTF_8)), gzip(new byte[0]), gzip("two".getBytes(UTF_8)));
            assertThat(decode(coded, List.of("gzip"))).asString(UTF_8).isEqualTo("one two");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 4, 8, 16, 3, 12, 24, 31})
        void the_optional_parts_of_a_header_are_passed_over(int flags) throws CodingException {
            assertThat(decode(withHeader(flags), List.of("gzip"))).isEqualTo(TEXT);
            assertThat(decode(joined(withHeader(flags), withHeader(flags)), List.of("gzip")))
                    .isEqualTo(joined(TEXT, TEXT));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 31})
        void a_body_that_breaks_off_anywhere_does_not_decode(int flags) {
            byte[] coded = withHeader(flags);
            for (int length = 0; length < coded.length; length++) {
                CodingException failure = failure(CODINGS, Arrays.copyOf(coded, length), "gzip");
                assertThat(failure.tooLarge()).isFalse();
                assertThat(failure).as("%d", length).hasMessage("it does not decode from gzip: it breaks off");
            }
        }

        @Test
        void a_second_member_that_breaks_off_does_not_decode() {
            byte[] coded = gzip(TEXT);
            for (int length = 1; length < coded.length; length++) {
                assertThat(failure(CODINGS, joined(coded, Arrays.copyOf(coded, length)), "gzip"))
                        .hasMessageEndingWith("it breaks off");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"\n", "0", "secret", "secret secret"})
        void garbage_behind_the_last_member_makes_it_another_body(String garbage) {
            for (int zeros : new int[] {0, 1, 20}) {
                byte[] coded = joined(gzip(TEXT), new byte[zeros], garbage.getBytes(UTF_8));
                assertThat(failure(CODINGS, coded, "gzip"))
                        .hasMessage("it does not decode from gzip: the bytes after its end are no further member");
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 9, 10, 11, 511, 5_000})
        void zeros_behind_a_member_are_padding(int zeros) throws CodingException {
            byte[] padding = new byte[zeros];
            assertThat(decode(joined(gzip(TEXT), padding), List.of("gzip"))).isEqualTo(TEXT);
            assertThat(decode(joined(gzip(TEXT), padding, gzip(TEXT), padding), List.of("gzip")))
                    .isEqualTo(joined(TEXT, TEXT));
            assertThat(decode(gzip(joined(gzip(TEXT), padding)), List.of("gzip, gzip")))
                    .isEqualTo(TEXT);
        }

        @Test
        void zeros_before_the_first_member_are_none() {
            assertThat(failure(CODINGS, joined(new byte[1], gzip(TEXT)), "gzip"))
                    .hasMessageEndingWith("its first bytes are not a gzip header");
            assertThat(failure(CODINGS, new byte[20], "gzip"))
                    .hasMessageEndingWith("its first bytes are not a gzip header");
        }

        @Test
        void a_bit_that_flips_never_makes_another_content() {
            byte[] coded = withHeader(0);
            int refused = 0;
            for (int bit = 0; bit < coded.length * 8; bit++) {
                byte[] flipped = coded.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                try {
                    assertThat(decode(flipped, List.of("gzip")))
                            .as("bit %d", bit)
                            .isEqualTo(TEXT);
                } catch (CodingException e) {
                    refused++;
                }
            }
            assertThat(refused).as("the other bits do not affect the content").isGreaterThan(coded.length * 6);
        }

        @ParameterizedTest
        @CsvSource({
            "0, 0x1e, its first bytes are not a gzip header",
            "1, 0x8c, its first bytes are not a gzip header",
            "2, 9,    its first bytes are not a gzip header",
            "3, 0x20, it has flags that have no meaning",
            "3, 0x80, it has flags that have no meaning",
            "-8, 0,   its checksum is wrong",
            "-4, 0,   its length is wrong",
        })
        void a_wrong_byte_is_described(int at, String value, String why) {
            byte[] coded = gzip(TEXT);
            coded[at < 0 ? coded.length + at : at] = (byte) (int) Integer.decode(value);
            assertThat(failure(CODINGS, coded, "gzip")).hasMessage("it does not decode from gzip: " + why);
        }

        @Test
        void a_header_with_a_wrong_checksum_is_refused() {
            byte[] coded = withHeader(2);
            coded[4] ^= 1;
            assertThat(failure(CODINGS, coded, "gzip"))
                    .hasMessage("it does not decode from gzip: the checksum of its header is wrong");
        }
    }

    @Nested
    class Deflate {
        @ParameterizedTest
        @ValueSource(ints = {Deflater.NO_COMPRESSION, Deflater.BEST_SPEED, Deflater.BEST_COMPRESSION})
        void zlib_and_the_bare_stream_are_understood_at_any_level(int level) throws CodingException {
            Random random = random("zlib_and_the_bare_stream");
            for (int size = 0; size < 300; size++) {
                byte[] content = new byte[size];
                random.nextBytes(content);
                for (boolean bare : new boolean[] {true, false}) {
                    assertThat(decode(deflated(content, level, bare), List.of("deflate")))
                            .as("%d bytes, bare %s", size, bare)
                            .isEqualTo(content);
                }
            }
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void a_body_that_breaks_off_anywhere_does_not_decode(boolean bare) {
            byte[] coded = deflated(TEXT, Deflater.DEFAULT_COMPRESSION, bare);
            for (int length = 0; length < coded.length; length++) {
                assertThat(failure(CODINGS, Arrays.copyOf(coded, length), "deflate")
                                .tooLarge())
                        .as("%d", length)
                        .isFalse();
            }
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void bytes_behind_the_end_make_it_another_body(boolean bare) throws CodingException {
            byte[] coded = deflated(TEXT, Deflater.DEFAULT_COMPRESSION, bare);
            assertThat(decode(joined(coded, new byte[1]), List.of("deflate")))
                    .as("zeros are padding")
                    .isEqualTo(TEXT);
            assertThat(decode(joined(coded, new byte[1_000]), List.of("deflate")))
                    .isEqualTo(TEXT);
            assertThat(failure(CODINGS, joined(coded, new byte[] {0, 1}), "deflate"))
                    .hasMessage("it does not decode from deflate: bytes follow its end");
        }

        @Test
        void a_wrong_checksum_is_noticed() {
            byte[] coded = zlib(TEXT);
            coded[coded.length - 1] ^= 1;
            assertThat(failure(CODINGS, coded, "deflate"))
                    .hasMessageStartingWith("it does not decode from deflate: ")
                    .message()
                    .doesNotContain("null");
        }

        @Test
        void a_preset_dictionary_is_refused() {
            Deflater deflater = new Deflater();
            deflater.setDictionary("what was said".getBytes(UTF_8));
            deflater.setInput(TEXT);
            deflater.finish();
            byte[] buffer = new byte[1000];
            byte[] coded = Arrays.copyOf(buffer, deflater.deflate(buffer));
            deflater.end();
            assertThat(failure(CODINGS, coded, "deflate"))
                    .hasMessage("it does not decode from deflate: it needs a dictionary");
        }

        @Test
        void bytes_that_are_no_deflate_at_all_do_not_decode() {
            for (String body : List.of("", "{}", "<html>", "secret", "\u0000\u0000\u0000\u0000\u0000")) {
                assertThat(failure(CODINGS, body.getBytes(UTF_8), "deflate").tooLarge())
                        .isFalse();
            }
        }
    }

    @Nested
    class Further {
        @Test
        void a_further_coding_is_undone_in_its_turn() throws CodingException {
            ContentCodings codings = new ContentCodings(LIMIT, Map.of("rot", Further::rotated));
            assertThat(codings.of(List.of("ROT, gzip")).undone(gzip(rotated(TEXT))))
                    .isEqualTo(TEXT);
            assertThat(failure(codings, TEXT, "br"))
                    .hasMessageEndingWith("the known codings are deflate, gzip, rot, x-gzip");
        }

        @Test
        void its_stream_is_closed_and_read_no_further_than_a_byte_over_the_limit() {
            AtomicInteger closed = new AtomicInteger();
            AtomicInteger read = new AtomicInteger();
            Coding endless = coded -> new InputStream() {
                @Override
                public int read() {
                    read.incrementAndGet();
                    return 7;
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
            ContentCodings codings = new ContentCodings(LIMIT, Map.of("endless", endless));
            assertThat(failure(codings, TEXT, "endless").tooLarge()).isTrue();
            assertThat(read).hasValue(LIMIT + 1);
            assertThat(closed).hasValue(1);
        }

        @Test
        void a_decoder_that_fails_is_described_by_the_class_of_its_exception() {
            Map<String, Coding> failing = Map.of(
                    "io",
                            coded -> {
                                throw new AccessDeniedException("secret");
                            },
                    "unchecked",
                            coded -> {
                                throw new UncheckedIOException("secret", new EOFException());
                            },
                    "native",
                            coded -> {
                                throw new UnsatisfiedLinkError("secret");
                            },
                    "late",
                            coded -> new FilterInputStream(coded) {
                                @Override
                                public int read(byte[] buffer, int offset, int length) throws IOException {
                                    throw new EOFException("secret");
                                }
                            });
            Map<String, Class<?>> classes = Map.of(
                    "io", AccessDeniedException.class,
                    "unchecked", UncheckedIOException.class,
                    "native", UnsatisfiedLinkError.class,
                    "late", EOFException.class);
            ContentCodings codings = new ContentCodings(LIMIT, failing);
            classes.forEach((name, type) -> {
                CodingException failure = failure(codings, TEXT, name);
                assertThat(failure.reason())
                        .isEqualTo(IOException.class.isAssignableFrom(type) ? Reason.PROTOCOL : Reason.APPLICATION);
                assertThat(failure).hasMessage("it does not decode from " + name + ": " + type.getName());
                assertThat(failure.getCause()).isExactlyInstanceOf(type).hasMessageContaining("secret");
            });
        }

        @Test
        void a_built_in_coding_cannot_be_replaced() throws CodingException {
            ContentCodings codings = new ContentCodings(LIMIT, Map.of("gzip", in -> in, "identity", Further::rotated));
            assertThat(codings.of(List.of("gzip, identity")).undone(gzip(TEXT))).isEqualTo(TEXT);
        }

        private static InputStream rotated(InputStream coded) throws IOException {
            return new ByteArrayInputStream(rotated(coded.readAllBytes()));
        }

        private static byte[] rotated(byte[] bytes) {
            byte[] rotated = bytes.clone();
            for (int i = 0; i < rotated.length; i++) {
                rotated[i] ^= 0x55;
            }
            return rotated;
        }
    }

    private static byte[] decode(byte[] body, List<String> lines) throws CodingException {
        return CODINGS.of(lines).undone(body);
    }

    private static CodingException failure(ContentCodings codings, byte[] body, String field) {
        CodingException failure = catchThrowableOfType(
                CodingException.class, () -> codings.of(List.of(field)).undone(body));
        assertThat(failure).as("decoded from %s", field).isNotNull();
        assertThat(failure.getMessage()).doesNotContain("secret");
        return failure;
    }

    private static List<String> field(String format) {
        return List.of(format.equals("raw") ? "deflate" : format);
    }

    private static byte[] coded(String format, byte[] content) {
        return switch (format) {
            case "gzip" -> gzip(content);
            case "deflate" -> zlib(content);
            default -> deflated(content, Deflater.DEFAULT_COMPRESSION, true);
        };
    }

    private static byte[] gzip(byte[] content) {
        return written(content, GZIPOutputStream::new);
    }

    private static byte[] zlib(byte[] content) {
        return deflated(content, Deflater.DEFAULT_COMPRESSION, false);
    }

    private static byte[] deflated(byte[] content, int level, boolean bare) {
        Deflater deflater = new Deflater(level, bare);
        try {
            return written(content, out -> new DeflaterOutputStream(out, deflater));
        } finally {
            deflater.end();
        }
    }

    /** Returns a gzip member with these optional parts in its header (RFC 1952 §2.3). */
    private static byte[] withHeader(int flags) {
        byte[] plain = gzip(TEXT);
        byte[] fixed = Arrays.copyOf(plain, 10);
        fixed[3] = (byte) flags;
        byte[] extra = (flags & 4) == 0 ? new byte[0] : new byte[] {3, 0, 'a', 0, 'b'};
        byte[] name = (flags & 8) == 0 ? new byte[0] : new byte[] {'n', (byte) 0xe4, 0};
        byte[] comment = (flags & 16) == 0 ? new byte[0] : new byte[] {'c', 0};
        byte[] header = joined(fixed, extra, name, comment);
        CRC32 crc = new CRC32();
        crc.update(header);
        byte[] check =
                (flags & 2) == 0 ? new byte[0] : new byte[] {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        return joined(header, check, Arrays.copyOfRange(plain, 10, plain.length));
    }

    private interface Coder {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] written(byte[] content, Coder coder) {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (OutputStream out = coder.over(coded)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return coded.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
