package dev.fetchonce;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.http.coding.ContentCodings.CodingException;
import dev.fetchonce.spi.ContentDecoder;
import dev.fetchonce.testing.Logs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content decoders from the class path. Each test has a class loader of its own, with its own provider files. */
class ContentDecodersTest {
    @TempDir
    Path directory;

    private final Logs logs = new Logs();

    @AfterEach
    void closeLogs() {
        logs.close();
    }

    @Test
    void without_any_only_gzip_is_asked_for() {
        assertThat(loaded().accepted()).isEqualTo("gzip");
        assertThat(ContentDecoders.load().accepted()).isEqualTo("gzip");
        assertThat(logs.warnings()).isEmpty();
    }

    @Test
    void a_decoder_on_the_class_path_is_asked_for_and_used() throws CodingException {
        ContentDecoders codings = loaded(name(Backwards.class), name(Backwards2.class));
        assertThat(codings.accepted()).isEqualTo("gzip, backwards, x-backwards");
        assertThat(codings.codings(100).decode("cba".getBytes(UTF_8), List.of("x-backwards")))
                .asString(UTF_8)
                .isEqualTo("abc");
        assertThat(logs.warnings()).isEmpty();
    }

    @Test
    void the_limit_holds_for_it() {
        assertThatThrownBy(() -> loaded(name(Backwards.class)).codings(2).decode(new byte[3], List.of("backwards")))
                .isInstanceOfSatisfying(
                        CodingException.class, e -> assertThat(e.tooLarge()).isTrue());
    }

    @Test
    void two_files_may_name_one_class() {
        assertThat(loaded(name(Backwards.class), name(Backwards.class)).accepted())
                .isEqualTo("gzip, backwards");
    }

    @Test
    void two_decoders_of_one_coding_are_refused() {
        assertThatThrownBy(() -> loaded(name(Backwards.class), name(AlsoBackwards.class)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the content decoder " + AlsoBackwards.class.getName() + " decodes backwards, and so does "
                        + Backwards.class.getName() + "; leave one of them out");
    }

    @Test
    void a_coding_that_is_built_in_cannot_be_replaced() {
        assertThatThrownBy(() -> loaded(name(OwnGzip.class)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the content decoder " + OwnGzip.class.getName()
                        + " decodes gzip, which is built in and cannot be replaced");
    }

    @ParameterizedTest
    @ValueSource(classes = {Nameless.class, Blank.class, TwoNames.class, Injecting.class, Foreign.class})
    void a_name_that_is_no_token_is_refused(Class<? extends ContentDecoder> decoder) {
        assertThatThrownBy(() -> loaded(name(decoder)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the content decoder " + decoder.getName()
                        + " has no valid coding name; the name must be a token, such as br");
    }

    static Stream<String> broken() {
        Stream<String> noClasses = Stream.of("dev.fetchonce.NoSuchClass", "this is no class name");
        Stream<Class<?>> noDecoders = Stream.of(
                ContentDecodersTest.class,
                Throwing.class,
                Hidden.class,
                NotLinked.class,
                Uninitialised.class,
                Speechless.class);
        return Stream.concat(noClasses, noDecoders.map(ContentDecodersTest::name));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void a_decoder_that_cannot_be_loaded_is_left_out_and_the_log_says_it_once(String broken) {
        assertThat(loaded(broken, name(Backwards.class), broken).accepted()).isEqualTo("gzip, backwards");
        assertThat(logs.warnings())
                .singleElement()
                .asString()
                .contains("content decoders (dev.fetchonce.spi.ContentDecoder) that cannot be loaded are left out");
    }

    @Test
    void a_class_path_that_cannot_be_read_is_given_up() {
        ClassLoader unreadable = new ClassLoader(ContentDecodersTest.class.getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("unreadable");
            }
        };
        assertThat(ContentDecoders.load(unreadable).accepted()).isEqualTo("gzip");
        assertThat(logs.warnings()).hasSize(1);
    }

    @Test
    void the_thread_has_no_say_in_what_is_loaded() {
        Thread me = Thread.currentThread();
        ClassLoader before = me.getContextClassLoader();
        me.setContextClassLoader(loader(name(Backwards.class)));
        try {
            assertThat(ContentDecoders.load().accepted()).isEqualTo("gzip");
        } finally {
            me.setContextClassLoader(before);
        }
    }

    private static String name(Class<?> type) {
        return type.getName();
    }

    private ContentDecoders loaded(String... classes) {
        return ContentDecoders.load(loader(classes));
    }

    /** Returns a class loader with one provider file for each of these classes. */
    private ClassLoader loader(String... classes) {
        List<URL> files = new ArrayList<>();
        try {
            for (String line : classes) {
                Path file = Files.createTempFile(directory, "provider", "");
                files.add(Files.writeString(file, line).toUri().toURL());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new ClassLoader(ContentDecodersTest.class.getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return name.equals("META-INF/services/dev.fetchonce.spi.ContentDecoder")
                        ? Collections.enumeration(files)
                        : super.getResources(name);
            }
        };
    }

    /** A decoder of a coding whose bytes are the content in reverse order. */
    abstract static class Named implements ContentDecoder {
        private final @Nullable String coding;

        Named(@Nullable String coding) {
            this.coding = coding;
        }

        @Override
        @SuppressWarnings("NullAway") // like a decoder that was compiled without NullAway
        public String coding() {
            return coding;
        }

        @Override
        public InputStream decode(InputStream coded) throws IOException {
            byte[] bytes = coded.readAllBytes();
            byte[] content = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                content[i] = bytes[bytes.length - 1 - i];
            }
            return new ByteArrayInputStream(content);
        }
    }

    public static final class Backwards extends Named {
        public Backwards() {
            super("Backwards");
        }
    }

    public static final class Backwards2 extends Named {
        public Backwards2() {
            super("x-backwards");
        }
    }

    public static final class AlsoBackwards extends Named {
        public AlsoBackwards() {
            super("backWARDS");
        }
    }

    public static final class OwnGzip extends Named {
        public OwnGzip() {
            super("GZIP");
        }
    }

    public static final class Nameless extends Named {
        public Nameless() {
            super(null);
        }
    }

    public static final class Blank extends Named {
        public Blank() {
            super("");
        }
    }

    public static final class TwoNames extends Named {
        public TwoNames() {
            super("br, zstd");
        }
    }

    public static final class Injecting extends Named {
        public Injecting() {
            super("br\r\nX: y");
        }
    }

    public static final class Foreign extends Named {
        public Foreign() {
            super("b\u00e4r");
        }
    }

    public static final class Throwing extends Named {
        public Throwing() {
            super("throwing");
            throw new IllegalStateException("cannot be made");
        }
    }

    public static final class Hidden extends Named {
        private Hidden() {
            super("hidden");
        }
    }

    public static final class NotLinked extends Named {
        public NotLinked() {
            super("not-linked");
            throw new UnsatisfiedLinkError("no native library");
        }
    }

    public static final class Uninitialised extends Named {
        private static final int NUMBER = Integer.parseInt("none");

        public Uninitialised() {
            super("uninitialised" + NUMBER);
        }
    }

    public static final class Speechless extends Named {
        public Speechless() {
            super("speechless");
        }

        @Override
        public String coding() {
            throw new UnsupportedOperationException("speechless");
        }
    }
}
