#pragma once

#include <string_view>

namespace offhook::test {

/// The private key of RFC 8225 appendix A.1. It is public, so it protects nothing.
inline constexpr std::string_view kSigningKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy\n"
    "qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW\n"
    "ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh\n"
    "-----END PRIVATE KEY-----\n";
/// A root certificate for tests. This and the following certificates are valid from 25 November 2026 for a hundred years.
inline constexpr std::string_view kRootCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBqDCCAU2gAwIBAgIUc+04YhSVZDD+XQaItlUWqXDb85owCgYIKoZIzj0EAwIw\n"
    "IDEeMBwGA1UEAwwVU1RJIHJvb3Qgb2YgdGhlIHRlc3RzMCAXDTI2MTEyNTEyNTMw\n"
    "MloYDzIxMjYxMTAxMTI1MzAyWjAgMR4wHAYDVQQDDBVTVEkgcm9vdCBvZiB0aGUg\n"
    "dGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ9T9jczgeXKlUm7Mc8WQt9\n"
    "JI5guluGguKjER2FxE8LWsM4ONM1It0Mopydh81kD16u3AWDNJC5MfTBIYwB1R1x\n"
    "o2MwYTAdBgNVHQ4EFgQUGfM6/1bUXqlm8LxXprAcTzdl2JkwHwYDVR0jBBgwFoAU\n"
    "GfM6/1bUXqlm8LxXprAcTzdl2JkwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8E\n"
    "BAMCAgQwCgYIKoZIzj0EAwIDSQAwRgIhAKf3Ms+02DqqAT+OAIifD8WO2izZXeUH\n"
    "H/coCLfXuNuBAiEA6mHvTtzqQHw1hiWJyPhNrCqLXRRxDBcqaPHg0mLwb6U=\n"
    "-----END CERTIFICATE-----\n";
/// An intermediate certificate, signed by the root certificate.
inline constexpr std::string_view kMiddleCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBkTCCATigAwIBAgIBAjAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVTVEkgcm9v\n"
    "dCBvZiB0aGUgdGVzdHMwIBcNMjYxMTI1MTI1MzAyWhgPMjEyNjEwMzExMjUzMDJa\n"
    "MB4xHDAaBgNVBAMME1NUSSBDQSBvZiB0aGUgdGVzdHMwWTATBgcqhkjOPQIBBggq\n"
    "hkjOPQMBBwNCAATOOmPSPY7PPqrOBhAN7Q9vDdkXT8/WVVnOOHIv5gOHHcwsEGyf\n"
    "gPE78ap7DzrJoEUctsrWekmH3XjRMGpODEyYo2MwYTAPBgNVHRMBAf8EBTADAQH/\n"
    "MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUssbAGM//K9RG+hNWEVSd8tb7XuMw\n"
    "HwYDVR0jBBgwFoAUGfM6/1bUXqlm8LxXprAcTzdl2JkwCgYIKoZIzj0EAwIDRwAw\n"
    "RAIgIDDCSTRGL4mSvV/sZDt0VlrZD8u3tGsGMeagQddEBYECIA2cfPXQ8Sgpn0/c\n"
    "KimCVNz4w63r3Q5xYzgR0cUtCd00\n"
    "-----END CERTIFICATE-----\n";
/// The certificate of kSigningKey, signed by the middle certificate.
inline constexpr std::string_view kLeafCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBhTCCASugAwIBAgIBAzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNTVEkgQ0Eg\n"
    "b2YgdGhlIHRlc3RzMCAXDTI2MTEyNTEyNTMwMloYDzIxMjUwNjE5MTI1MzAyWjAW\n"
    "MRQwEgYDVQQDDAtTSEFLRU4gMTIzNDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA\n"
    "BBZ9qPUdQROmg0Ks62n0oDyjRXv0i5YBEq30LVwU+TJ3cUE/hJ6I1nFCEOsPS10E\n"
    "eWzf/AV7z74rYWs/JAX2+6GjYDBeMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQD\n"
    "AgeAMB0GA1UdDgQWBBTEKq0QYZQDx03IvkUEr71TBWHdRTAfBgNVHSMEGDAWgBSy\n"
    "xsAYz/8r1Eb6E1YRVJ3y1vte4zAKBggqhkjOPQQDAgNIADBFAiEA31AKMDy2cQUV\n"
    "vnzL3CZMhn+LrlXVIUv9B8gOPrd+dIUCID/OCADnukxg5WGU5eeYHa7zI24Q3Tvo\n"
    "dIC/RkR8cFyK\n"
    "-----END CERTIFICATE-----\n";
/// Like the leaf certificate, but its key may not sign.
inline constexpr std::string_view kNoSigningCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBhDCCASugAwIBAgIBAzAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNTVEkgQ0Eg\n"
    "b2YgdGhlIHRlc3RzMCAXDTI2MTEyNTEyNTMwMloYDzIxMjUwNjE5MTI1MzAyWjAW\n"
    "MRQwEgYDVQQDDAtTSEFLRU4gMTIzNDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA\n"
    "BBZ9qPUdQROmg0Ks62n0oDyjRXv0i5YBEq30LVwU+TJ3cUE/hJ6I1nFCEOsPS10E\n"
    "eWzf/AV7z74rYWs/JAX2+6GjYDBeMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQD\n"
    "AgUgMB0GA1UdDgQWBBTEKq0QYZQDx03IvkUEr71TBWHdRTAfBgNVHSMEGDAWgBSy\n"
    "xsAYz/8r1Eb6E1YRVJ3y1vte4zAKBggqhkjOPQQDAgNHADBEAiA4mUi8gxqk0NPi\n"
    "i6i+q+kUcJ+gSCPJYrR2Q91bjzdrbAIgQxAYTArt4D5GNy/2aX5UBSTTXvje5z6E\n"
    "gNdT6h7WAmg=\n"
    "-----END CERTIFICATE-----\n";

}  // namespace offhook::test
