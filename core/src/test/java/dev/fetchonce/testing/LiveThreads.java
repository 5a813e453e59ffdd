package dev.fetchonce.testing;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The live threads, virtual threads included, from the JDK's own list. A thread dump has them too, but it walks their
 * stacks. In that walk JDK 25 can crash while the threads run.
 */
final class LiveThreads {
    private LiveThreads() {}

    /** Returns the threads with such a name, by number. */
    static Map<Long, String> named(Pattern name) {
        Map<Long, String> threads = new TreeMap<>();
        try {
            Class<?> containers = Class.forName("jdk.internal.vm.ThreadContainers");
            Class<?> container = Class.forName("jdk.internal.vm.ThreadContainer");
            collect(containers.getMethod("root").invoke(null), container, name, threads);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("run with --add-opens java.base/jdk.internal.vm=ALL-UNNAMED", e);
        }
        return threads;
    }

    private static void collect(Object in, Class<?> container, Pattern name, Map<Long, String> threads)
            throws ReflectiveOperationException {
        for (Object each : list(container.getMethod("threads"), in)) {
            Thread thread = (Thread) each;
            if (name.matcher(thread.getName()).matches()) {
                threads.put(thread.threadId(), thread.getName());
            }
        }
        for (Object child : list(container.getMethod("children"), in)) {
            collect(child, container, name, threads);
        }
    }

    private static Iterable<?> list(Method method, Object of) throws ReflectiveOperationException {
        method.setAccessible(true);
        return ((Stream<?>) method.invoke(of)).toList();
    }
}
