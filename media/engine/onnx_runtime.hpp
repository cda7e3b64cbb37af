#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::media {

/// Numbers that a model reads or writes. `data` is borrowed; its size matches `shape`.
struct OnnxTensor {
  const char* name;
  void* data;
  std::size_t octets;
  bool whole_numbers;                    ///< true for int64, false for float
  std::span<const std::int64_t> shape;   ///< empty for a single number
};

/// A model in ONNX Runtime. open() loads the library by its name, so that the build does not need it. It starts no threads. Only one thread at a
/// time may use it.
class OnnxSession {
 public:
  /// Loads library and model. Errors are sentences with the file's name.
  [[nodiscard]] static base::Result<std::unique_ptr<OnnxSession>, std::string> open(const std::string& library, const std::string& model);
  ~OnnxSession();
  OnnxSession(const OnnxSession&) = delete;
  OnnxSession& operator=(const OnnxSession&) = delete;

  /// Runs the model, which fills `outputs`. Returns "", or an error as a sentence.
  [[nodiscard]] std::string run(std::span<const OnnxTensor> inputs, std::span<const OnnxTensor> outputs);

 private:
  class Impl;
  explicit OnnxSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
