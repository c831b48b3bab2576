using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AiGateway.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SecondSubscriptions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "second_of",
                table: "subscriptions",
                type: "TEXT",
                maxLength: 255,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "second_of",
                table: "subscriptions");
        }
    }
}
