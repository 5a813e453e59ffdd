package dev.fetchonce.internal.json;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Calls every public method of every node of a tree, with all kinds of arguments. It also calls the methods of the
 * views that such a call returns, and of their views. Each call has a tree of its own. The attack records the call
 * paths that changed the tree.
 */
final class TreeAttack {
    /**
     * The greatest number of calls on a path. The longest way from a node to a change is: entry set, iterator, entry,
     * {@code setValue}.
     */
    private static final int DEEPEST = 4;

    /**
     * The interfaces of the views, special interfaces first. The attack calls a view through one of them, as its class
     * is not accessible.
     */
    private static final List<Class<?>> VIEWS = List.of(
            Map.Entry.class,
            Map.class,
            List.class,
            Set.class,
            Collection.class,
            java.util.ListIterator.class,
            Iterator.class,
            Spliterator.class,
            BaseStream.class,
            Optional.class);

    private final Supplier<JsonNode> trees;
    private final String before;
    private final Set<String> changing = new TreeSet<>();
    private int calls;

    private TreeAttack(Supplier<JsonNode> trees) {
        this.trees = trees;
        this.before = trees.get().toString();
    }

    /** Attacks trees that the supplier makes. */
    static TreeAttack on(Supplier<JsonNode> trees) {
        TreeAttack attack = new TreeAttack(trees);
        int nodes = nodes(trees.get()).size();
        for (int i = 0; i < nodes; i++) {
            attack.explore(i, List.of());
        }
        return attack;
    }

    /** Returns the call paths, without their arguments, of which some call changed the tree. */
    Set<String> changing() {
        return Collections.unmodifiableSet(changing);
    }

    int calls() {
        return calls;
    }

    private record Call(Method method, List<@Nullable Object> arguments) {
        @Nullable
        Object on(Object target) {
            // An iterator removes an entry, or has one to show, only after a move.
            if (target instanceof Iterator<?> iterator && !method.getName().equals("next") && iterator.hasNext()) {
                iterator.next();
            }
            try {
                return method.invoke(target, arguments.stream().map(Call::fresh).toArray());
            } catch (InvocationTargetException refused) {
                return null;
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }

        /**
         * Returns a new list in place of a list. Some methods fill their argument, and a replayed call must not meet a
         * filled one.
         */
        private static @Nullable Object fresh(@Nullable Object argument) {
            return argument instanceof ArrayList<?> ? new ArrayList<>() : argument;
        }

        @Override
        public String toString() {
            List<String> types = Arrays.stream(method.getParameterTypes())
                    .map(Class::getSimpleName)
                    .toList();
            return method.getDeclaringClass().getSimpleName() + "." + method.getName() + types;
        }
    }

    private void explore(int node, List<Call> path) {
        Object target = follow(nodes(trees.get()).get(node), path);
        if (target == null) {
            return;
        }
        Class<?> type = path.isEmpty() ? target.getClass() : kind(target).orElseThrow();
        Set<Method> followed = new HashSet<>();
        for (Call call : callsOn(type)) {
            List<Call> longer = new ArrayList<>(path);
            longer.add(call);
            JsonNode tree = trees.get();
            Object result = follow(nodes(tree).get(node), longer);
            calls++;
            if (differs(tree)) {
                changing.add(
                        String.join(" ", longer.stream().map(Call::toString).toList()));
            } else if (longer.size() < DEEPEST && leadsOn(longer, result) && followed.add(call.method())) {
                explore(node, longer);
            }
        }
    }

    private boolean differs(JsonNode tree) {
        try {
            return !tree.toString().equals(before);
        } catch (RuntimeException brokenByStrangers) {
            return true;
        }
    }

    private static @Nullable Object follow(Object start, List<Call> path) {
        Object at = start;
        for (Call call : path) {
            if (at == null) {
                return null;
            }
            at = view(call.on(at));
        }
        return at;
    }

    /** Returns an iterator over the elements of an array, and any other result as it is. */
    private static @Nullable Object view(@Nullable Object result) {
        return result instanceof Object[] array ? Arrays.asList(array).iterator() : result;
    }

    /**
     * Returns whether a result is a view of a kind that the path does not have yet. A list of a list shows nothing new.
     */
    private static boolean leadsOn(List<Call> path, @Nullable Object result) {
        Optional<Class<?>> kind = result instanceof JsonNode ? Optional.empty() : kind(result);
        return kind.isPresent() && path.stream().noneMatch(call -> call.method().getDeclaringClass() == kind.get());
    }

    private static Optional<Class<?>> kind(@Nullable Object view) {
        return VIEWS.stream().filter(type -> type.isInstance(view)).findFirst();
    }

    private static List<Call> callsOn(Class<?> type) {
        List<Call> calls = new ArrayList<>();
        Arrays.stream(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getDeclaringClass() != Object.class && !method.isBridge())
                .sorted(Comparator.comparing(Method::toString))
                .forEach(method -> HarmfulArguments.combinations(method.getParameterTypes())
                        .forEach(arguments -> calls.add(new Call(method, arguments))));
        return calls;
    }

    /** Returns the node and all nodes below it. */
    private static List<JsonNode> nodes(JsonNode tree) {
        List<JsonNode> found = new ArrayList<>();
        found.add(tree);
        for (JsonNode child : tree.values()) {
            found.addAll(nodes(Objects.requireNonNull(child)));
        }
        return found;
    }
}
