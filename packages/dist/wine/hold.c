/* Keeps a file open as Excel does, so that it can be read but not written or replaced, until standard input ends:
   hold.exe FILE. It prints a line once the file is open. */
#include <stdio.h>
#include <windows.h>

int wmain(int count, wchar_t **arguments) {
    HANDLE file = count == 2 ? CreateFileW(arguments[1], GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL)
                             : INVALID_HANDLE_VALUE;
    if (file == INVALID_HANDLE_VALUE) return 1;
    puts("open");
    fflush(stdout);
    while (getchar() != EOF) {}
    return 0;
}
