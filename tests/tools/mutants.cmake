# Mutation tests: a green test must have been able to fail. A mutant is a source file of core with one mistake made on
# purpose, declared as data (the format stands in make_mutant.py). It is built, linked before the real core with the
# objects of a test, and its ctest passes only if that test notices.

set(BULLY_MUTANT_TOOLS ${CMAKE_CURRENT_LIST_DIR})

# There are many, each runs for a moment: what counts is the time to compile them. So their headers are compiled once.
if(BULLY_MUTANTS)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/mutant_headers.cpp CONTENT "")
    add_library(mutant_headers OBJECT ${CMAKE_CURRENT_BINARY_DIR}/mutant_headers.cpp)
    target_link_libraries(mutant_headers PRIVATE bully::core GTest::gtest)
    target_precompile_headers(mutant_headers PRIVATE
        <algorithm> <cassert> <limits> <map> <string> <utility> ${BULLY_SOURCE_DIR}/core/transitions.hpp)
endif()

# bully_add_mutant(NAME <name> DECLARED_IN <file.mutant> SOURCE <core/x.cpp>
#                  LIBRARIES <target>...  [TESTS <gtest filter>] [ARGUMENTS <argument>...] [ENVIRONMENT <name=value>...])
#
# LIBRARIES: an OBJECT library with tests (and, after it, static libraries that use core, if any). A mutated object comes
# before libbully_core.a on the linker's line and defines all that the real one defines, so the real one stays out.
function(bully_add_mutant)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;DECLARED_IN;SOURCE;TESTS" "LIBRARIES;ARGUMENTS;ENVIRONMENT")
    if(NOT BULLY_MUTANTS)
        return()
    endif()
    set(target mutant_${arg_NAME})
    set(mutated ${CMAKE_CURRENT_BINARY_DIR}/mutants/${arg_NAME}.cpp)
    add_custom_command(
        OUTPUT ${mutated}
        COMMAND Python3::Interpreter ${BULLY_MUTANT_TOOLS}/make_mutant.py ${arg_DECLARED_IN} --make ${arg_NAME}
                --root ${BULLY_SOURCE_DIR} --output ${mutated}
        DEPENDS ${arg_DECLARED_IN} ${BULLY_SOURCE_DIR}/${arg_SOURCE} ${BULLY_MUTANT_TOOLS}/make_mutant.py
        VERBATIM)
    add_executable(${target} ${mutated})
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} bully::core)
    target_precompile_headers(${target} REUSE_FROM mutant_headers)
    if(NOT arg_TESTS)
        set(arg_TESTS *)
    endif()
    add_test(NAME mutant.${arg_NAME}
             COMMAND Python3::Interpreter ${BULLY_MUTANT_TOOLS}/expect_killed.py $<TARGET_FILE:${target}>
                     --gtest_filter=${arg_TESTS} ${arg_ARGUMENTS})
    set_tests_properties(mutant.${arg_NAME} PROPERTIES LABELS mutant TIMEOUT 120 ENVIRONMENT "${arg_ENVIRONMENT}")
endfunction()

# bully_add_mutants(<file.mutant> LIBRARIES <target>... [ARGUMENTS ...] [ENVIRONMENT ...]): all that are declared in the file.
function(bully_add_mutants file)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;ARGUMENTS;ENVIRONMENT")
    cmake_path(ABSOLUTE_PATH file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    execute_process(COMMAND ${Python3_EXECUTABLE} ${BULLY_MUTANT_TOOLS}/make_mutant.py ${file} --list
                    OUTPUT_VARIABLE mutants OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE "\n" ";" mutants "${mutants}")
    foreach(mutant IN LISTS mutants)
        string(REPLACE "|" ";" mutant "${mutant}")
        list(GET mutant 0 name)
        list(GET mutant 1 source)
        list(GET mutant 2 tests)
        bully_add_mutant(NAME ${name} DECLARED_IN ${file} SOURCE ${source} TESTS ${tests}
                         LIBRARIES ${arg_LIBRARIES} ARGUMENTS ${arg_ARGUMENTS} ENVIRONMENT ${arg_ENVIRONMENT})
    endforeach()
endfunction()
