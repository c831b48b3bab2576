using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AiGateway.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ObjectHeaders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "headers",
                table: "provider_objects",
                type: "TEXT",
                maxLength: 1024,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "headers",
                table: "provider_objects");
        }
    }
}
