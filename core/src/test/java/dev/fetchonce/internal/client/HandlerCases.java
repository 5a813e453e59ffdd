package dev.fetchonce.internal.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A handler of the JDK, with a reader of the body that it makes. */
record HandlerCases<T>(String name, Supplier<BodyHandler<T>> handler, Reader<T> reader) {
    /** A reader of a whole body; it returns a text that can be compared. */
    interface Reader<T> {
        String read(T body) throws Exception;
    }

    /** A way to send a request and to get the body of its response. */
    interface Sender {
        <T> T body(BodyHandler<T> handler) throws Exception;
    }

    /** Returns the text of the body, or of the exception that the caller gets. */
    String through(Sender sender) throws Exception {
        try {
            return reader.read(sender.body(handler.get()));
        } catch (IOException | RuntimeException e) {
            return told(e);
        }
    }

    /**
     * Returns the types and messages of an exception and of its causes. It leaves out the messages that the JVM makes.
     */
    static String told(Throwable e) {
        StringBuilder text = new StringBuilder("thrown:");
        for (Throwable at = e; at != null; at = at.getCause()) {
            text.append(' ').append(at.getClass().getName());
            String message = String.valueOf(at.getMessage());
            boolean ofTheVirtualMachine = message.contains("because the ret") || message.contains("because \"this.");
            text.append('(').append(ofTheVirtualMachine ? "" : message).append(')');
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return name;
    }

    static Stream<HandlerCases<?>> all(Path directory) {
        return Stream.of(simple(directory), streaming(), flowing(), combined()).flatMap(List::stream);
    }

    private static List<HandlerCases<?>> simple(Path directory) {
        Path file = directory.resolve("body");
        return List.of(
                of("ofString", BodyHandlers::ofString, body -> body),
                of("ofString(charset)", () -> BodyHandlers.ofString(StandardCharsets.ISO_8859_1), body -> body),
                of("ofByteArray", BodyHandlers::ofByteArray, HandlerCases::text),
                of("discarding", BodyHandlers::discarding, String::valueOf),
                of("replacing", () -> BodyHandlers.replacing("other"), body -> body),
                of("ofFile", () -> BodyHandlers.ofFile(file), HandlerCases::text),
                of(
                        "ofFile, into none that is there",
                        () -> BodyHandlers.ofFile(directory.resolve("gone"), StandardOpenOption.WRITE),
                        HandlerCases::text),
                of(
                        "ofFileDownload",
                        () -> BodyHandlers.ofFileDownload(
                                directory,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING),
                        path -> path.getFileName() + ": " + text(path)));
    }

    private static List<HandlerCases<?>> streaming() {
        return List.of(
                of("ofInputStream", BodyHandlers::ofInputStream, HandlerCases::text),
                of("ofInputStream, closed at once", BodyHandlers::ofInputStream, in -> {
                    in.close();
                    return "closed";
                }),
                of("ofInputStream, closed after a byte", BodyHandlers::ofInputStream, in -> {
                    try (in) {
                        return "" + in.read();
                    }
                }),
                of("ofLines", BodyHandlers::ofLines, lines -> lines.collect(Collectors.joining("|"))),
                of("ofLines, the first", BodyHandlers::ofLines, lines -> {
                    try (lines) {
                        return lines.findFirst().orElse("none");
                    }
                }),
                of("ofPublisher", BodyHandlers::ofPublisher, publisher -> {
                    Gathering gathering = new Gathering();
                    publisher.subscribe(gathering);
                    return gathering.all();
                }));
    }

    private static List<HandlerCases<?>> flowing() {
        List<HandlerCases<?>> cases = new ArrayList<>();
        ByteArrayOutputStream consumed = new ByteArrayOutputStream();
        cases.add(of(
                "ofByteArrayConsumer",
                () -> BodyHandlers.ofByteArrayConsumer(
                        part -> consumed.writeBytes(part.orElse("end".getBytes(StandardCharsets.US_ASCII)))),
                body -> {
                    String all = body + text(consumed.toByteArray());
                    consumed.reset();
                    return all;
                }));
        Gathering[] gathering = {new Gathering()};
        cases.add(of(
                "fromSubscriber",
                () -> BodyHandlers.fromSubscriber(gathering[0] = new Gathering()),
                body -> body + gathering[0].all()));
        cases.add(of(
                "fromSubscriber with a finisher",
                () -> BodyHandlers.fromSubscriber(new Gathering(), Gathering::all),
                body -> body));
        Lines[] lines = {new Lines()};
        cases.add(of(
                "fromLineSubscriber",
                () -> BodyHandlers.fromLineSubscriber(lines[0] = new Lines()),
                body -> body + lines[0].all()));
        cases.add(of(
                "fromLineSubscriber with a finisher",
                () -> BodyHandlers.fromLineSubscriber(new Lines(), Lines::all, "\n"),
                body -> body));
        return cases;
    }

    private static List<HandlerCases<?>> combined() {
        List<HandlerCases<?>> cases = new ArrayList<>();
        cases.add(of("buffering", () -> BodyHandlers.buffering(BodyHandlers.ofByteArray(), 1_000), HandlerCases::text));
        cases.add(of(
                "mapping of ofInputStream, read within",
                () -> info -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), HandlerCases::text),
                body -> body));
        cases.add(of(
                "mapping of ofInputStream, read afterwards",
                () -> info -> BodySubscribers.<InputStream, Supplier<String>>mapping(
                        BodySubscribers.ofInputStream(), in -> () -> text(in)),
                Supplier::get));
        cases.add(of(
                "mapping of ofString",
                () -> info -> BodySubscribers.mapping(
                        BodySubscribers.ofString(StandardCharsets.UTF_8), text -> info.statusCode() + text),
                body -> body));
        cases.add(of(
                "mapping that throws",
                () -> info -> BodySubscribers.mapping(BodySubscribers.ofByteArray(), bytes -> {
                    throw new UncheckedIOException(new IOException("no JSON"));
                }),
                String::valueOf));
        for (long limit : new long[] {0, 10, 1 << 30}) {
            if (Arrays.stream(BodyHandlers.class.getMethods())
                    .anyMatch(method -> method.getName().equals("limiting"))) { // since JDK 25
                cases.add(of("limiting to " + limit, () -> limiting(limit), HandlerCases::text));
            }
        }
        return cases;
    }

    @SuppressWarnings("unchecked")
    private static BodyHandler<byte[]> limiting(long limit) {
        try {
            return (BodyHandler<byte[]>) BodyHandlers.class
                    .getMethod("limiting", BodyHandler.class, long.class)
                    .invoke(null, BodyHandlers.ofByteArray(), limit);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> HandlerCases<T> of(String name, Supplier<BodyHandler<T>> handler, Reader<T> reader) {
        return new HandlerCases<>(name, handler, reader);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String text(Path file) throws IOException {
        return text(Files.readAllBytes(file));
    }

    private static String text(InputStream in) {
        try (in) {
            return text(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A subscriber of an application. It requests one item at a time and gathers the bytes in the order in which they
     * come.
     */
    static final class Gathering implements Flow.Subscriber<List<ByteBuffer>> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<String> all = new CompletableFuture<>();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription it) {
            subscription = it;
            it.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] part = new byte[buffer.remaining()];
                buffer.get(part);
                bytes.writeBytes(part);
            }
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(text(bytes.toByteArray()));
        }

        String all() {
            try {
                return all.get(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                return told(e);
            }
        }
    }

    private static final class Lines implements Flow.Subscriber<String> {
        private final List<String> lines = new ArrayList<>();
        private final CompletableFuture<String> all = new CompletableFuture<>();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription it) {
            subscription = it;
            it.request(1);
        }

        @Override
        public void onNext(String line) {
            lines.add(line);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(String.join("|", lines));
        }

        String all() {
            try {
                return all.get(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                return told(e);
            }
        }
    }
}
