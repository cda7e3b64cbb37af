// The source of the program whose precompiled headers all test programs reuse (offhook_precompile_for_tests in cmake/OffhookTargets.cmake).
