#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::media {

/// Numbers of the embedder's that are lent to a model: of the size that `shape` says.
struct OnnxTensor {
  const char* name;
  void* data;
  std::size_t octets;
  bool whole_numbers;                    ///< int64; else float
  std::span<const std::int64_t> shape;   ///< empty: one number
};

/// A model in ONNX Runtime, whose library is opened when it is asked for, by name: nothing of it is there when we are built. It
/// starts no threads. One thread at a time.
class OnnxSession {
 public:
  /// Errors in words, with the file's name.
  [[nodiscard]] static base::Result<std::unique_ptr<OnnxSession>, std::string> open(const std::string& library, const std::string& model);
  ~OnnxSession();
  OnnxSession(const OnnxSession&) = delete;
  OnnxSession& operator=(const OnnxSession&) = delete;

  /// Fills `outputs`. What went wrong, "" when nothing did.
  [[nodiscard]] std::string run(std::span<const OnnxTensor> inputs, std::span<const OnnxTensor> outputs);

 private:
  class Impl;
  explicit OnnxSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
