#include <offhook/tests/testkit/json_schema.hpp>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace offhook_test {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

struct JsonSchema::Parsed {
  valijson::Schema schema;
};

JsonSchema::JsonSchema(const std::string& text) : parsed_(std::make_unique<Parsed>()) {
  const auto document = nlohmann::json::parse(text);
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(document), parsed_->schema);
}
JsonSchema::~JsonSchema() = default;

bool JsonSchema::accepts(const nlohmann::json& document) const {
  return valijson::Validator().validate(parsed_->schema, Adapter(document), nullptr);
}

}  // namespace offhook_test
