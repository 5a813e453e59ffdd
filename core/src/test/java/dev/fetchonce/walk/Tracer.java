package dev.fetchonce.walk;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StringReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.LocatableEvent;
import com.sun.jdi.event.MethodEntryEvent;
import com.sun.jdi.event.MethodExitEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.MethodEntryRequest;
import com.sun.jdi.request.MethodExitRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs {@link Walks} in a JVM of its own and observes it through the debugger interface. It records the methods of the
 * library that each call enters, on all threads except the watchdog's.
 */
final class Tracer {
    private static final String LIBRARY = "dev.fetchonce.";
    private static final Set<String> NOT_THE_LIBRARY = Set.of("dev.fetchonce.walk", "dev.fetchonce.testing");
    private static final String WATCHDOG = "fetchonce-watch";
    private static final Set<String> OF_EVERY_RECORD = Set.of("equals", "hashCode", "toString");

    /** The number of bytes of {@code aload_0, getfield, return}. */
    private static final int GETTER_LENGTH = 5;

    private static final byte ALOAD_0 = 42;
    private static final byte GETFIELD = (byte) 180;

    private final Map<String, Walk> walks = new LinkedHashMap<>();
    private final Map<ThreadReference, Deque<String>> stacks = new HashMap<>();
    private final Set<String> files = new HashSet<>();
    private final List<EventRequest> library = new ArrayList<>();
    private int handOvers;
    private String name = "";

    private Tracer() {}

    /** Returns the walk of each kind of call, by the name of the call. */
    static Map<String, Walk> walks() throws Exception {
        Tracer tracer = new Tracer();
        tracer.run();
        return tracer.walks;
    }

    private void run() throws Exception {
        LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("main").setValue(Walks.class.getName());
        arguments.get("options").setValue("-cp \"" + System.getProperty("java.class.path") + "\"");
        VirtualMachine machine = connector.launch(arguments);
        Thread.ofVirtual().start(() -> print(machine.process().getErrorStream()));
        Thread.ofVirtual().start(() -> print(machine.process().getInputStream()));
        MethodEntryRequest marks = machine.eventRequestManager().createMethodEntryRequest();
        marks.addClassFilter(Walks.class.getName());
        marks.enable();
        library.add(machine.eventRequestManager().createMethodEntryRequest());
        library.add(machine.eventRequestManager().createMethodExitRequest());
        for (EventRequest request : library) {
            switch (request) {
                case MethodEntryRequest entries -> entries.addClassFilter(LIBRARY + "*");
                case MethodExitRequest exits -> exits.addClassFilter(LIBRARY + "*");
                default -> {}
            }
            request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        }
        machine.resume();
        try {
            for (boolean over = false; !over; ) {
                EventSet events = machine.eventQueue().remove();
                for (Event event : events) {
                    over |= event instanceof VMDisconnectEvent;
                    record(event);
                }
                events.resume();
            }
        } catch (VMDisconnectedException e) {
            // the program has ended
        }
    }

    private static void print(InputStream output) {
        try (output) {
            output.transferTo(System.out);
        } catch (IOException e) {
            // the program has ended
        }
    }

    private void record(Event event) throws Exception {
        switch (event) {
            case MethodEntryEvent entry -> entered(entry, entry.method());
            case MethodExitEvent exit -> left(exit, exit.method());
            default -> {}
        }
    }

    private void entered(MethodEntryEvent event, Method method) throws Exception {
        if (event.request() != library.getFirst()) {
            switch (method.name()) {
                case "begin" ->
                    begin(((StringReference)
                                    event.thread().frame(0).getArgumentValues().getFirst())
                            .value());
                case "end" -> walks.put(name, end());
                default -> {}
            }
            return;
        }
        if (name.isEmpty() || !counts(event, method)) {
            return;
        }
        Deque<String> stack = stacks.computeIfAbsent(event.thread(), thread -> new ArrayDeque<>());
        String file = file(method.declaringType());
        if (isToBeFollowed(method)) {
            files.add(file);
            if (!file.equals(stack.peek())) {
                handOvers++;
            }
        }
        stack.push(file);
    }

    private void left(LocatableEvent event, Method method) {
        if (!name.isEmpty() && counts(event, method)) {
            stacks.computeIfAbsent(event.thread(), thread -> new ArrayDeque<>()).poll();
        }
    }

    private void begin(String walk) {
        name = walk;
        files.clear();
        stacks.clear();
        handOvers = 0;
        library.forEach(EventRequest::enable);
    }

    private Walk end() {
        name = "";
        library.forEach(EventRequest::disable);
        return new Walk(files.size(), handOvers);
    }

    private static boolean counts(LocatableEvent event, Method method) {
        String type = method.declaringType().name();
        String room = type.substring(0, type.lastIndexOf('.'));
        return !NOT_THE_LIBRARY.contains(room) && !event.thread().name().equals(WATCHDOG);
    }

    private static boolean isToBeFollowed(Method method) {
        return !method.isConstructor()
                && !method.isStaticInitializer()
                && !method.isSynthetic()
                && !method.name().startsWith("lambda$")
                && !method.declaringType().name().contains("$$Lambda")
                && !isAccessor(method);
    }

    /** Returns whether the method only returns a field, or is the equals, hashCode or toString of a record. */
    private static boolean isAccessor(Method method) {
        byte[] code = method.bytecodes();
        boolean returnsField = code.length == GETTER_LENGTH
                && code[0] == ALOAD_0
                && code[1] == GETFIELD
                && method.argumentTypeNames().isEmpty();
        boolean ofRecord = method.declaringType() instanceof ClassType c
                && c.superclass() != null
                && c.superclass().name().equals("java.lang.Record");
        return returnsField || (ofRecord && OF_EVERY_RECORD.contains(method.name()));
    }

    /** Returns the name of the top-level type, which stands for its file. */
    private static String file(ReferenceType type) {
        return type.name().split("\\$", 2)[0];
    }
}
