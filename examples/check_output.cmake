# cmake -DPROGRAM=... -DEXPECTED=... -P check_output.cmake: fails unless the program prints exactly what the file holds.
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE found RESULT_VARIABLE status)
file(READ "${EXPECTED}" expected)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}")
endif()
if(NOT found STREQUAL expected)
  message(FATAL_ERROR "expected:\n${expected}\nbut found:\n${found}")
endif()
