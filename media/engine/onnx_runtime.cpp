#include <offhook/media/engine/onnx_runtime.hpp>

#include <dlfcn.h>

#include <array>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kMostTensors = 8;

// The part of ONNX Runtime's C interface that Offhook uses; no package of Debian has its header. It has opaque handles, and a table of functions to
// which new versions only append. Positions and types are those of onnxruntime_c_api.h, version 1.17 (table 17) and later.
struct Env;
struct Status;
struct MemoryInfo;
struct Session;
struct Value;
struct SessionOptions;
struct RunOptions;

struct Base {
  const void* const* (*table)(std::uint32_t version);
  const char* (*version)();
};
constexpr std::uint32_t kTableVersion = 17;
constexpr int kLogErrors = 3, kFloat = 1, kInt64 = 7, kDeviceAllocator = 0, kDefaultMemory = 0;

struct Table {
  const char* (*message)(const Status*);
  Status* (*make_env)(int log_level, const char* name, Env**);
  Status* (*make_session)(const Env*, const char* path, const SessionOptions*, Session**);
  Status* (*run)(Session*, const RunOptions*, const char* const* names, const Value* const* inputs, std::size_t count,
                 const char* const* output_names, std::size_t output_count, Value** outputs);
  Status* (*make_options)(SessionOptions**);
  Status* (*set_threads_within)(SessionOptions*, int);
  Status* (*set_threads_between)(SessionOptions*, int);
  Status* (*make_tensor)(const MemoryInfo*, void* data, std::size_t octets, const std::int64_t* shape, std::size_t dimensions, int type,
                         Value**);
  Status* (*make_memory)(int allocator, int kind, MemoryInfo**);
  void (*free_env)(Env*);
  void (*free_status)(Status*);
  void (*free_memory)(MemoryInfo*);
  void (*free_session)(Session*);
  void (*free_value)(Value*);
  void (*free_options)(SessionOptions*);

  explicit Table(const void* const* all) {
    take(all[2], message);
    take(all[3], make_env);
    take(all[7], make_session);
    take(all[9], run);
    take(all[10], make_options);
    take(all[24], set_threads_within);
    take(all[25], set_threads_between);
    take(all[49], make_tensor);
    take(all[69], make_memory);
    take(all[92], free_env);
    take(all[93], free_status);
    take(all[94], free_memory);
    take(all[95], free_session);
    take(all[96], free_value);
    take(all[100], free_options);
  }

 private:
  template <class Function>
  static void take(const void* from, Function*& to) {
    to = reinterpret_cast<Function*>(reinterpret_cast<std::uintptr_t>(from));
  }
};

}  // namespace

/// Frees the handles in reverse order, even after an error. The library stays open, because its threads and statics would not survive unloading.
class OnnxSession::Impl {
 public:
  explicit Impl(const void* const* all) : table_(all) {}
  ~Impl() {
    if (session_ != nullptr) table_.free_session(session_);
    if (memory_ != nullptr) table_.free_memory(memory_);
    if (options_ != nullptr) table_.free_options(options_);
    if (env_ != nullptr) table_.free_env(env_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::string load(const std::string& model) {
    std::string wrong = told(table_.make_env(kLogErrors, "offhook", &env_));
    if (wrong.empty()) wrong = told(table_.make_options(&options_));
    if (wrong.empty()) wrong = told(table_.set_threads_within(options_, 1));
    if (wrong.empty()) wrong = told(table_.set_threads_between(options_, 1));
    if (wrong.empty()) wrong = told(table_.make_memory(kDeviceAllocator, kDefaultMemory, &memory_));
    if (wrong.empty()) wrong = told(table_.make_session(env_, model.c_str(), options_, &session_));
    return wrong;
  }

  std::string run(std::span<const OnnxTensor> inputs, std::span<const OnnxTensor> outputs) {
    if (inputs.size() > kMostTensors || outputs.size() > kMostTensors) return "too many tensors";
    Tensors in(*this), out(*this);
    std::string wrong = in.lend(inputs);
    if (wrong.empty()) wrong = out.lend(outputs);
    if (!wrong.empty()) return wrong;
    return told(table_.run(session_, nullptr, in.names.data(), in.values.data(), inputs.size(), out.names.data(), outputs.size(),
                           out.values.data()));
  }

 private:
  struct Tensors {
    explicit Tensors(Impl& of) : impl(of) {}
    ~Tensors() {
      for (Value* value : values) {
        if (value != nullptr) impl.table_.free_value(value);
      }
    }
    Tensors(const Tensors&) = delete;
    Tensors& operator=(const Tensors&) = delete;

    std::string lend(std::span<const OnnxTensor> tensors) {
      std::string wrong;
      for (std::size_t i = 0; i < tensors.size() && wrong.empty(); ++i) {
        const OnnxTensor& tensor = tensors[i];
        names[i] = tensor.name;
        wrong = impl.told(impl.table_.make_tensor(impl.memory_, tensor.data, tensor.octets, tensor.shape.data(), tensor.shape.size(),
                                                  tensor.whole_numbers ? kInt64 : kFloat, &values[i]));
      }
      return wrong;
    }
    Impl& impl;
    std::array<const char*, kMostTensors> names{};
    std::array<Value*, kMostTensors> values{};
  };

  std::string told(Status* status) const {
    if (status == nullptr) return {};
    std::string message = table_.message(status);
    table_.free_status(status);
    return message.empty() ? "it gives no reason" : message;
  }

  Table table_;
  Env* env_ = nullptr;
  SessionOptions* options_ = nullptr;
  MemoryInfo* memory_ = nullptr;
  Session* session_ = nullptr;
};

OnnxSession::OnnxSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OnnxSession::~OnnxSession() = default;

base::Result<std::unique_ptr<OnnxSession>, std::string> OnnxSession::open(const std::string& library, const std::string& model) {
  void* const opened = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) {
    const char* const why = ::dlerror();
    return base::fail(std::string(why == nullptr ? library : why));
  }
  void* const symbol = ::dlsym(opened, "OrtGetApiBase");
  if (symbol == nullptr) return base::fail(library + ": this is not ONNX Runtime");
  const auto get_base = reinterpret_cast<const Base* (*)()>(reinterpret_cast<std::uintptr_t>(symbol));
  const Base* const base_table = get_base();
  const void* const* const table = base_table == nullptr ? nullptr : base_table->table(kTableVersion);
  if (table == nullptr) return base::fail(library + ": ONNX Runtime is older than 1.17");
  auto impl = std::make_unique<Impl>(table);
  if (auto wrong = impl->load(model); !wrong.empty()) return base::fail(model + ": " + wrong);
  return std::unique_ptr<OnnxSession>(new OnnxSession(std::move(impl)));
}

std::string OnnxSession::run(std::span<const OnnxTensor> inputs, std::span<const OnnxTensor> outputs) { return impl_->run(inputs, outputs); }

}  // namespace offhook::inline v0::media
