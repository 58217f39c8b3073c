# Writes the header <output> with the commit of the tree <source>: empty outside of a repository. A header that is right
# already stays as it is, so that nothing is compiled again.
execute_process(COMMAND git -C ${source} describe --always --dirty --abbrev=12 --exclude=*
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
    set(commit "")
endif()
file(CONFIGURE OUTPUT ${output} CONTENT "#define BULLY_COMMIT \"${commit}\"\n")
