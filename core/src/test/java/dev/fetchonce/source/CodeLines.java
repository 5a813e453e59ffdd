package dev.fetchonce.source;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Counts the lines of code of each type, without comments, blank lines and nested types. */
final class CodeLines extends TreeScanner<Void, String> {
    private final CompilationUnitTree file;
    private final SourcePositions positions;
    private final BitSet code;
    private final Map<String, Integer> counts;

    private CodeLines(CompilationUnitTree file, SourcePositions positions, BitSet code, Map<String, Integer> counts) {
        this.file = file;
        this.positions = positions;
        this.code = code;
        this.counts = counts;
    }

    /**
     * Returns the number of lines of code for the name of each type. The name has the names of the enclosing types
     * before it.
     */
    static Map<String, Integer> ofTypes(Collection<Path> files) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            for (CompilationUnitTree file : task.parse()) {
                String text = file.getSourceFile().getCharContent(true).toString();
                BitSet code = SourceRulesTest.linesOfCode(text);
                new CodeLines(file, Trees.instance(task).getSourcePositions(), code, counts).scan(file, "");
            }
        }
        return counts;
    }

    @Override
    public Void visitClass(ClassTree type, String outer) {
        if (type.getSimpleName().isEmpty()) {
            return super.visitClass(type, outer); // an anonymous class is part of the type around it
        }
        String name = outer + type.getSimpleName();
        super.visitClass(type, name + "."); // clears the lines of nested types
        int first = line(positions.getStartPosition(file, type));
        int last = line(positions.getEndPosition(file, type));
        counts.put(name, code.get(first, last + 1).cardinality());
        code.clear(first, last + 1);
        return null;
    }

    private int line(long position) {
        return (int) file.getLineMap().getLineNumber(position);
    }
}
