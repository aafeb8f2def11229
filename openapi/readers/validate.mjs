// Lets swagger-parser validate the document that is named, and says in one line what it minds.
import SwaggerParser from "@apidevtools/swagger-parser";

try {
  await SwaggerParser.validate(process.argv[2]);
} catch (error) {
  console.error(`swagger-parser: ${error.message}`);
  process.exitCode = 1;
}
