// Preloaded into a program under test: names that end in `.slow` take a minute to be resolved, as with a name server
// that doesn't answer.
#include <chrono>
#include <dlfcn.h>
#include <netdb.h>
#include <string_view>
#include <thread>

// Parameters are called as in netdb.h: clang-tidy compares them.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* req, addrinfo** pai) {
    if (name != nullptr && std::string_view(name).ends_with(".slow")) {
        std::this_thread::sleep_for(std::chrono::minutes(1));
        return EAI_AGAIN;
    }
    using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(name, service, req, pai);
}
