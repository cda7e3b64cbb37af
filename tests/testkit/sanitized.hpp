#pragma once

// OFFHOOK_SANITIZED is 1 if g++ or clang compiles with the address sanitizer or the thread sanitizer, and 0 otherwise.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OFFHOOK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OFFHOOK_SANITIZED 1
#endif
#endif
#if !defined(OFFHOOK_SANITIZED)
#define OFFHOOK_SANITIZED 0
#endif
