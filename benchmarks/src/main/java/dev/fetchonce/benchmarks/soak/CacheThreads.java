package dev.fetchonce.benchmarks.soak;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The threads of a cache and its client, with the virtual ones. Only the JDK's own list has these threads, and options
 * must open it: {@code --add-exports} and {@code --add-opens java.base/jdk.internal.vm=ALL-UNNAMED}.
 */
final class CacheThreads {
    private CacheThreads() {}

    /** Returns the names of the living threads. */
    static List<String> living() {
        List<String> names = new ArrayList<>();
        try {
            Class<?> containers = Class.forName("jdk.internal.vm.ThreadContainers");
            Class<?> container = Class.forName("jdk.internal.vm.ThreadContainer");
            collect(containers.getMethod("root").invoke(null), container, names);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JDK's list of threads is not open", e);
        }
        return names;
    }

    private static void collect(Object in, Class<?> container, List<String> names) throws ReflectiveOperationException {
        for (Object each : list(container.getMethod("threads"), in)) {
            String name = ((Thread) each).getName();
            if (name.startsWith("fetchonce-") || name.startsWith("HttpClient-")) {
                names.add(name);
            }
        }
        for (Object child : list(container.getMethod("children"), in)) {
            collect(child, container, names);
        }
    }

    private static List<?> list(Method method, Object of) throws ReflectiveOperationException {
        method.setAccessible(true);
        return ((Stream<?>) method.invoke(of)).toList();
    }
}
